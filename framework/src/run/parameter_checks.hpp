// SPDX-License-Identifier: Apache-2.0
#pragma once

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
  PluginStages stages_;
};

}  // namespace morgana::host
