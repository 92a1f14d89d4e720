// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "training/parameter_list.hpp"

namespace morgana::training {

/// A square convolution over `[batch channels height width]`, computed in the type of its input.
struct Convolution {
  Convolution() = default;
  /// Adds `name.weight` and `name.bias`. `initial` other than `kFanIn` starts both at zero.
  Convolution(ParameterList& list, const std::string& name, std::int64_t in, std::int64_t out, std::int64_t size,
              std::int64_t stride = 1, Initial initial = Initial::kFanIn);
  at::Tensor operator()(const at::Tensor& maps) const;

  at::Tensor weight, bias;
  std::int64_t stride = 1, padding = 0;
};

/// `[batch in]` to `[batch out]`, in the type of its input.
struct Linear {
  Linear() = default;
  Linear(ParameterList& list, const std::string& name, std::int64_t in, std::int64_t out);
  at::Tensor operator()(const at::Tensor& values) const;

  at::Tensor weight, bias;
};

/// Group normalisation (Wu and He, arXiv:1803.08494) in float32, whatever the type of its input.
struct GroupNorm {
  GroupNorm() = default;
  GroupNorm(ParameterList& list, const std::string& name, std::int64_t channels, std::int64_t groups);
  at::Tensor operator()(const at::Tensor& maps) const;

  at::Tensor weight, bias;
  std::int64_t groups = 1;
};

/// Twice as large by repeating each value, cut to `height` x `width`: pixel i of a stride-2 convolution lies on pixel
/// 2i of its input, so what is cut off an odd size is the half that was never there.
at::Tensor doubled(const at::Tensor& maps, std::int64_t height, std::int64_t width);

}  // namespace morgana::training
