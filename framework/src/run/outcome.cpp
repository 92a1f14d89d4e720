// SPDX-License-Identifier: Apache-2.0
#include "run/outcome.hpp"

#include <algorithm>

namespace morgana::host {

const char* name_of(NodeStatus status) {
  switch (status) {
    case NodeStatus::kWaiting:
      return "waiting";
    case NodeStatus::kCached:
      return "cached";
    case NodeStatus::kDone:
      return "done";
    case NodeStatus::kFailed:
      return "failed";
    case NodeStatus::kBlocked:
      return "blocked";
    case NodeStatus::kStopped:
      return "stopped";
  }
  return "unknown";
}

std::size_t RunOutcome::count(NodeStatus status) const {
  return static_cast<std::size_t>(
      std::count_if(nodes.begin(), nodes.end(), [&](const NodeOutcome& node) { return node.status == status; }));
}

int RunOutcome::exit_code() const {
  const bool plugin_fault = std::any_of(nodes.begin(), nodes.end(), [](const auto& node) { return node.plugin_fault; });
  if (plugin_fault) return 3;
  return count(NodeStatus::kCached) + count(NodeStatus::kDone) == nodes.size() ? 0 : 1;
}

}  // namespace morgana::host
