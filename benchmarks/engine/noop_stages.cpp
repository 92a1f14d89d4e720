// SPDX-License-Identifier: Apache-2.0
#include <morgana/metrics.hpp>
#include <morgana/stage.hpp>

namespace {

/// Adds up a few numbers, so that the engine's own work is what takes time.
class Sum final : public morgana::Stage {
  morgana::Gather<morgana::Metrics> numbers{*this, "numbers", "Numbers.", morgana::Need::kOptional};
  morgana::Out<morgana::Metrics> sum{*this, "sum", "Their sum and `add`."};
  morgana::Param<int> add{*this, "add", {.value = 0, .doc = "Also added."}};

  void run(morgana::Context&) override {
    double total = *add;
    for (std::size_t i = 0; i < numbers.size(); ++i) total += numbers[i].metrics.at(0).value;
    morgana::Metrics result;
    morgana::Metric metric;
    metric.name = "sum";
    metric.value = total;
    result.metrics.push_back(metric);
    sum = std::move(result);
  }
};

}  // namespace

MORGANA_PLUGIN("noop-stages", "1.0.0", "A stage that does next to nothing.", morgana::stage<Sum>("bench.sum"));
