// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "cache/index.hpp"
#include "cache/key.hpp"
#include "graph/plan.hpp"
#include "run/machine.hpp"

namespace morgana::host {

/// Where and how wide a node runs: part of its key, because results may differ in their last digits.
struct Placement {
  int threads = 1;
  bool cuda = false;
};

/// The placement of a node on a machine with `threads` hardware threads: it depends on nothing else, so that two runs
/// give the same bytes. A parallel stage gets what the pipeline says, or half of the threads. Throws `Error` where the
/// node asks for a GPU and there is none that LibTorch can use.
Placement placement_of(const PlannedNode& node, int threads);
/// The same on a machine with these GPUs.
Placement placement_of(const PlannedNode& node, int threads, const Gpus& gpus);

/// Could it use a GPU? Asking for GPUs starts the driver, so it is only done where the answer is yes.
bool may_use_gpu(const PlannedNode& node);

/// A parameter's value as text: the same for equal values, and readable.
std::string text_of(const ParameterValue& value);

/// Hashes of input paths, each read once a run.
class InputContents {
 public:
  explicit InputContents(Index& index) : index_(index) {}
  std::string hash(const std::string& path);

 private:
  Index& index_;
  std::mutex mutex_;
  struct Known {
    std::mutex mutex;  ///< held while the contents are read
    std::string hash;
  };
  std::unordered_map<std::string, Known> known_;
};

/// All that the result of a node, one of `plan.nodes`, depends on. `input_hashes` are those of the values, in the order
/// of `node.edges`; where one is "" the input is left out: enough to tell a user what changed so far. Throws `Error`
/// where an input path cannot be read.
KeyMaterial material_of(const Plan& plan, const PlannedNode& node, const std::vector<std::string>& input_hashes,
                        const Placement& placement, InputContents& contents);

}  // namespace morgana::host
