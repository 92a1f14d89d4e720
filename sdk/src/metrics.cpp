// SPDX-License-Identifier: Apache-2.0
#include "morgana/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "json_number.hpp"
#include "morgana/error.hpp"

namespace morgana {
namespace {

using nlohmann::json;

constexpr const char* kBetter[]{"higher", "lower", "neither"};

json number(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }
json numbers(const std::vector<double>& values) {
  json list = json::array();
  for (const auto value : values) list.push_back(number(value));
  return list;
}
std::vector<double> numbers_of(const json& list) {
  std::vector<double> values;
  for (const auto& value : list) values.push_back(number_of(value));
  return values;
}

json to_json(const Metric& metric) {
  json entry{{"name", metric.name},
             {"value", number(metric.value)},
             {"unit", metric.unit},
             {"better", kBetter[static_cast<int>(metric.better)]},
             {"tags", metric.tags},
             {"repeats", metric.repeats},
             {"real_count", metric.real_count},
             {"synthetic_count", metric.synthetic_count},
             {"headline", metric.headline}};
  if (metric.floor) entry["floor"] = number(*metric.floor);
  if (metric.low) entry["low"] = number(*metric.low);
  if (metric.high) entry["high"] = number(*metric.high);
  if (!metric.note.empty()) entry["note"] = metric.note;
  return entry;
}

Metric metric_of(const json& entry) {
  Metric metric;
  metric.name = entry.at("name");
  metric.value = number_of(entry.at("value"));
  metric.unit = entry.at("unit");
  const auto better = std::find(std::begin(kBetter), std::end(kBetter), entry.at("better").get<std::string>());
  metric.better = static_cast<Better>(std::min<std::ptrdiff_t>(better - std::begin(kBetter), 2));
  metric.tags = entry.at("tags").get<std::map<std::string, std::string>>();
  metric.repeats = entry.at("repeats");
  metric.real_count = entry.at("real_count");
  metric.synthetic_count = entry.at("synthetic_count");
  metric.headline = entry.at("headline");
  if (entry.contains("floor")) metric.floor = number_of(entry["floor"]);
  if (entry.contains("low")) metric.low = number_of(entry["low"]);
  if (entry.contains("high")) metric.high = number_of(entry["high"]);
  if (entry.contains("note")) metric.note = entry["note"];
  return metric;
}

}  // namespace

const ValueType& Metrics::type() {
  static const ValueType type{
      "Metrics", ".json", [](const std::filesystem::path& file) -> std::shared_ptr<const Value> { return load(file); }};
  return type;
}

void Metrics::save(const std::filesystem::path& file) const {
  json document{{"morgana", "metrics/1"}, {"evaluator", evaluator}, {"notes", notes}};
  document["metrics"] = json::array();
  document["curves"] = json::array();
  document["matrices"] = json::array();
  for (const auto& metric : metrics) document["metrics"].push_back(to_json(metric));
  for (const auto& curve : curves)
    document["curves"].push_back({{"name", curve.name},
                                  {"tags", curve.tags},
                                  {"x_unit", curve.x_unit},
                                  {"y_unit", curve.y_unit},
                                  {"x", numbers(curve.x)},
                                  {"y", numbers(curve.y)}});
  for (const auto& matrix : matrices)
    document["matrices"].push_back({{"name", matrix.name},
                                    {"tags", matrix.tags},
                                    {"rows", matrix.rows},
                                    {"columns", matrix.columns},
                                    {"values", numbers(matrix.values)}});
  std::ofstream stream(file, std::ios::binary);
  stream << document.dump(1, ' ', false, json::error_handler_t::replace) << '\n';
  stream.close();
  if (!stream) throw Error("cannot write {}", file.string());
}

std::shared_ptr<const Metrics> Metrics::load(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error("cannot open {}", file.string());
  try {
    const auto document = json::parse(stream);
    auto result = std::make_shared<Metrics>();
    result->evaluator = document.at("evaluator");
    result->notes = document.at("notes").get<std::map<std::string, std::string>>();
    for (const auto& entry : document.at("metrics")) result->metrics.push_back(metric_of(entry));
    for (const auto& entry : document.at("curves"))
      result->curves.push_back({entry.at("name"), entry.at("tags").get<std::map<std::string, std::string>>(),
                                entry.at("x_unit"), entry.at("y_unit"), numbers_of(entry.at("x")),
                                numbers_of(entry.at("y"))});
    for (const auto& entry : document.at("matrices"))
      result->matrices.push_back({entry.at("name"), entry.at("tags").get<std::map<std::string, std::string>>(),
                                  entry.at("rows").get<std::vector<std::string>>(),
                                  entry.at("columns").get<std::vector<std::string>>(), numbers_of(entry.at("values"))});
    return result;
  } catch (const json::exception& exception) {
    throw Error("{} does not hold metrics: {}", file.string(), exception.what());
  }
}

std::size_t Metrics::bytes() const {
  std::size_t total = metrics.size() * sizeof(Metric);
  for (const auto& curve : curves) total += (curve.x.size() + curve.y.size()) * sizeof(double);
  for (const auto& matrix : matrices) total += matrix.values.size() * sizeof(double);
  return total;
}

const Metric* Metrics::find(const std::string& name, const std::map<std::string, std::string>& tags) const {
  for (const auto& metric : metrics) {
    if (metric.name != name) continue;
    const bool matches = std::all_of(tags.begin(), tags.end(), [&](const auto& tag) {
      const auto found = metric.tags.find(tag.first);
      return found != metric.tags.end() && found->second == tag.second;
    });
    if (matches) return &metric;
  }
  return nullptr;
}

}  // namespace morgana
