// SPDX-License-Identifier: Apache-2.0
#include "accounting.hpp"

#include <algorithm>
#include <iterator>

#include "mirage/json_text.hpp"

namespace morgana::mirage_format {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out += out.back() == '{' ? "" : ", ";
  append_string(out, name);
  out += ": ";
  append_string(out, text);
}

void append_count(std::string& out, std::string_view name, std::int64_t count) {
  out += ", ";
  append_string(out, name);
  out += ": " + std::to_string(count) + "}\n";
}

Metric counted(std::string name, std::int64_t count) {
  Metric metric;
  metric.name = std::move(name);
  metric.value = static_cast<double>(count);
  metric.unit = "values";
  return metric;
}

}  // namespace

std::string_view name_of(Origin origin) {
  return origin == Origin::kGenerated ? "generated" : origin == Origin::kDerived ? "derived" : "filled in";
}

std::size_t Accounting::line(std::string field, Origin origin, std::string how) {
  lines_.push_back({std::move(field), origin, std::move(how)});
  return lines_.size() - 1;
}

std::vector<Accounting::Line> Accounting::lines() const {
  std::vector<Line> shown;
  std::copy_if(lines_.begin(), lines_.end(), std::back_inserter(shown),
               [](const Line& line) { return line.values > 0; });
  return shown;
}

Metrics Accounting::metrics(std::string_view stage) const {
  Metrics metrics;
  metrics.evaluator = stage;
  metrics.notes["generated"] = "the traces hold it: a generator made it, or, of real traces, a reader read it";
  metrics.notes["derived"] = "computed from what the traces hold";
  metrics.notes["filled in"] = "a stated constant, an invented address, or left open";
  for (const auto& line : lines()) {
    auto& metric = metrics.metrics.emplace_back(counted("values", line.values));
    metric.tags = {{"field", line.field}, {"origin", std::string(name_of(line.origin))}};
    metric.note = line.how;
  }
  for (const auto& [what, count] : mended_) {
    metrics.metrics.emplace_back(counted("mended", count)).tags = {{"what", what}};
  }
  return metrics;
}

std::string Accounting::json_lines() const {
  std::string text;
  for (const auto& line : lines()) {
    text += '{';
    append_member(text, "field", line.field);
    append_member(text, "origin", name_of(line.origin));
    append_member(text, "how", line.how);
    append_count(text, "values", line.values);
  }
  for (const auto& [what, count] : mended_) {
    text += '{';
    append_member(text, "mended", what);
    append_count(text, "values", count);
  }
  return text;
}

}  // namespace morgana::mirage_format
