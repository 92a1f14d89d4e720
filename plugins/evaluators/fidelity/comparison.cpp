// SPDX-License-Identifier: Apache-2.0
#include "comparison.hpp"

#include <cmath>
#include <limits>

#include "morgana/error.hpp"
#include "statistics/interval.hpp"

namespace morgana::fidelity {
namespace {

/// Mean of the values that there are, weighted.
double mean(const std::vector<double>& values, const std::vector<double>& weights) {
  double sum = 0, total = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isnan(values[i])) sum += weights[i] * values[i], total += weights[i];
  return total > 0 ? sum / total : std::numeric_limits<double>::quiet_NaN();
}

std::string missing(const Classes& classes, const Distance& distance) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < classes.names.size(); ++i)
    if (std::isnan(distance.values[i])) names.push_back(classes.names[i]);
  if (names.empty()) return "";
  return fmt::format("{} of {} classes have no value and are left out: {}", names.size(), classes.names.size(),
                     fmt::join(names, ", "));
}

/// A floor is taken over the classes that have a value, so that both means are of the same classes.
std::vector<double> floors_where_valued(const std::vector<double>& floors, const std::vector<double>& values) {
  auto result = floors;
  for (std::size_t i = 0; i < result.size(); ++i)
    if (std::isnan(values[i])) result[i] = std::numeric_limits<double>::quiet_NaN();
  return result;
}

statistics::Summary floor_of(const Distance& distance, std::size_t index) {
  std::vector<double> values;
  for (const auto& repeat : distance.floors) values.push_back(repeat[index]);
  return statistics::summarise(values);
}

void add(std::string& note, const std::string& more) {
  if (more.empty()) return;
  note += (note.empty() ? "" : "; ") + more;
}

void report_mean(const Classes& classes, const Distance& distance, const char* average,
                 const std::vector<double>& weights, Metrics& metrics) {
  Metric metric = distance.form;
  metric.tags["average"] = average;
  metric.value = mean(distance.values, weights);
  std::vector<double> floors;
  for (const auto& repeat : distance.floors)
    floors.push_back(mean(floors_where_valued(repeat, distance.values), weights));
  add(metric.note, missing(classes, distance));
  if (const auto summary = statistics::summarise(floors); summary.count > 0) {
    metric.floor = summary.mean;
    if (summary.low)
      add(metric.note, fmt::format("floor: 95 % interval {:.4g} to {:.4g} over {} draws", *summary.low, *summary.high,
                                   summary.count));
  }
  metric.real_count = static_cast<std::int64_t>(statistics::total(classes.real));
  metric.synthetic_count = static_cast<std::int64_t>(statistics::total(classes.synthetic));
  metric.headline = distance.form.headline && std::string_view(average) == "mean";
  metrics.metrics.push_back(std::move(metric));
}

}  // namespace

void report(const Classes& classes, const std::vector<Distance>& distances, Metrics& metrics) {
  std::vector<double> equal(classes.names.size(), 1.0), by_real(classes.real.begin(), classes.real.end());
  for (const auto& distance : distances) {
    report_mean(classes, distance, "mean", equal, metrics);
    report_mean(classes, distance, "weighted", by_real, metrics);
  }
  for (const auto& distance : distances)
    for (std::size_t i = 0; i < classes.names.size(); ++i) {
      Metric metric = distance.form;
      metric.headline = false;
      metric.tags["class"] = classes.names[i];
      metric.value = distance.values[i];
      if (const auto floor = floor_of(distance, i); floor.count > 0) metric.floor = floor.mean;
      metric.real_count = static_cast<std::int64_t>(classes.real[i]);
      metric.synthetic_count = static_cast<std::int64_t>(classes.synthetic[i]);
      if (std::isnan(metric.value))
        metric.note = classes.synthetic[i] == 0 ? "no synthetic trace of this class"
                      : classes.real[i] == 0    ? "no real test trace of this class"
                                                : "not defined: too few packets";
      metrics.metrics.push_back(std::move(metric));
    }
}

}  // namespace morgana::fidelity
