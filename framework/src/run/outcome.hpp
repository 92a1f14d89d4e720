// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cache/entry.hpp"
#include "cache/key.hpp"

namespace morgana::host {

enum class NodeStatus {
  kWaiting,
  kCached,  ///< its result was in the cache
  kDone,    ///< it ran
  kFailed,
  kBlocked,  ///< something it depends on failed
  kStopped   ///< the run ended before it could run or while it ran
};
const char* name_of(NodeStatus status);  ///< "cached"

/// How a node of a run came out.
struct NodeOutcome {
  NodeStatus status = NodeStatus::kWaiting;
  std::string key;
  KeyMaterial material;
  std::string reason;          ///< why it ran: "new", "packets 10 -> 32"; "cached" where it did not
  std::optional<Entry> entry;  ///< of nodes that are cached or done
  std::string error, hint;     ///< of failed ones; the whole line that the user reads, without "error: "
  bool plugin_fault = false;   ///< the library could not be loaded
  double started = 0;          ///< seconds since the run began
  double seconds = 0;          ///< spent on it today
  int threads = 1;
  std::string device = "cpu";
};

struct RunOutcome {
  std::vector<NodeOutcome> nodes;  ///< as in the plan
  bool stopped = false;            ///< on the user's request
  double seconds = 0;

  std::size_t count(NodeStatus status) const;
  /// The host's exit code: 0 all is done, 1 something failed or was stopped, 3 a plugin could not be loaded.
  int exit_code() const;
};

}  // namespace morgana::host
