// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>

#include "training/parameter_list.hpp"

namespace morgana::training {

/// A network's parameters, gradients, Adam's moments and moving average, each in one piece of memory.
///
/// The network's tensors become views of `parameters` and `gradients`, so the optimizer is one pass over flat memory
/// and a checkpoint is four arrays. Lives on the device of the network's tensors.
class FlatParameters {
 public:
  explicit FlatParameters(const ParameterList& list);

  at::Tensor parameters, gradients, first, second, average;  ///< `[elements]` float32

  /// The moving average under the names of the state dict, on the CPU.
  std::map<std::string, Array> average_weights() const;

 private:
  const ParameterList& list_;
};

}  // namespace morgana::training
