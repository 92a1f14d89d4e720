// SPDX-License-Identifier: Apache-2.0
#include "accounting/field_metrics.hpp"

#include <utility>

namespace morgana::accounting {

Metrics field_metrics(std::string stage) {
  Metrics metrics;
  metrics.evaluator = std::move(stage);
  metrics.notes["generated"] = "the traces hold it: a generator made it, or, of real traces, a reader read it";
  metrics.notes["derived"] = "it follows from what the traces hold";
  metrics.notes["filled in"] =
      "neither: it comes from a parameter, a constant or the seed, or is left open, and says nothing about the traffic";
  return metrics;
}

void add_values(Metrics& metrics, std::string_view field, Source source, std::uint64_t count, std::string how) {
  if (count == 0) return;
  metrics.metrics.push_back(
      counted("values", count, "values", {{"field", std::string(field)}, {"source", std::string(name_of(source))}}));
  metrics.metrics.back().note = std::move(how);
}

void add_changed(Metrics& metrics, const std::string& what, std::uint64_t count) {
  metrics.metrics.push_back(counted("changed", count, "", {{"what", what}}));
}

Metric counted(std::string name, std::uint64_t count, std::string unit, std::map<std::string, std::string> tags) {
  Metric metric;
  metric.name = std::move(name);
  metric.value = static_cast<double>(count);
  metric.unit = std::move(unit);
  metric.tags = std::move(tags);
  return metric;
}

}  // namespace morgana::accounting
