// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "graph/plan.hpp"
#include "run/plugin_stages.hpp"

namespace morgana::host {

/// Makes the checks that stages declare, before anything runs. Libraries are opened for it, but none that would bring
/// LibTorch along: their stages are checked when they run.
class ParameterChecks {
 public:
  /// What the stage finds wrong. Throws `PluginFault` where its library is at fault.
  std::vector<Error> operator()(const PlannedNode& node);

 private:
  std::shared_ptr<PluginStages> stages_ = std::make_shared<PluginStages>();  // a function object is copied
};

}  // namespace morgana::host
