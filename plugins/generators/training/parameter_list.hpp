// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "morgana/archive.hpp"

namespace morgana::training {

/// How a parameter starts.
enum class Initial {
  kZero,
  kOne,
  kFanIn,   ///< uniform in +-1/sqrt(fan in), as torch.nn.Conv2d and Linear start their weights and biases
  kNormal,  ///< standard normal, as torch.nn.Embedding starts
};

/// The parameters of a network under the names of its state dict, in the order they were added.
///
/// Starting values are a function of (seed, index of the parameter, element) alone. On `at::kMeta` nothing is
/// allocated: shapes and names only.
class ParameterList {
 public:
  explicit ParameterList(std::uint64_t seed, at::Device device = at::kCPU) : seed_(seed), device_(device) {}

  /// `fan_in` counts the inputs of one output, for `Initial::kFanIn`.
  at::Tensor add(const std::string& name, at::IntArrayRef shape, Initial initial, std::int64_t fan_in = 1);

  const std::vector<std::string>& names() const noexcept { return names_; }
  const std::vector<at::Tensor>& tensors() const noexcept { return tensors_; }
  std::size_t size() const noexcept { return names_.size(); }
  std::int64_t elements() const;  ///< of all parameters together

  /// Copies a state dict in, key for key; throws `Error` that names missing, unknown and misshapen ones.
  void load(const std::map<std::string, Array>& state);

 private:
  std::uint64_t seed_;
  at::Device device_;
  std::vector<std::string> names_;
  std::vector<at::Tensor> tensors_;
};

}  // namespace morgana::training
