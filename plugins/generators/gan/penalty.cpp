// SPDX-License-Identifier: Apache-2.0
#include "penalty.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/sqrt.h>
#include <torch/csrc/autograd/autograd.h>

namespace morgana::gan {

at::Tensor gradient_penalty(const Score& score, const at::Tensor& real, const at::Tensor& fake,
                            const at::Tensor& share) {
  const auto between = (share * real + (1 - share) * fake).detach().requires_grad_(true);
  const auto gradient = torch::autograd::grad({score(between).sum()}, {between}, {}, /*retain_graph=*/true,
                                              /*create_graph=*/true)[0];
  // Without the small number the norm has no derivative where the critic is flat.
  const auto norm = at::sqrt(gradient.square().sum({1, 2, 3}) + 1e-12);
  return (norm - 1).square().mean();
}

}  // namespace morgana::gan
