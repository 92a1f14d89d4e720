// SPDX-License-Identifier: Apache-2.0
#include "training/flat_parameters.hpp"

#include <ATen/ops/cat.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>

#include "morgana/tensor.hpp"

namespace morgana::training {

FlatParameters::FlatParameters(const ParameterList& list) : list_(list) {
  const at::NoGradGuard no_gradient;
  std::vector<at::Tensor> pieces;
  for (const auto& tensor : list.tensors()) pieces.push_back(tensor.detach().flatten());
  parameters = at::cat(pieces);
  gradients = at::zeros_like(parameters);
  first = at::zeros_like(parameters);
  second = at::zeros_like(parameters);
  average = parameters.clone();
  std::int64_t offset = 0;
  for (at::Tensor tensor : list.tensors()) {
    const auto sizes = tensor.sizes().vec();
    tensor.set_data(parameters.narrow(0, offset, tensor.numel()).view(sizes));
    // Backward adds to a gradient that is there in place, so it stays a view.
    tensor.mutable_grad() = gradients.narrow(0, offset, tensor.numel()).view(sizes);
    offset += tensor.numel();
  }
}

std::map<std::string, Array> FlatParameters::average_weights() const {
  std::map<std::string, Array> weights;
  const auto flat = average.to(at::kCPU);
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < list_.size(); ++i) {
    const auto& tensor = list_.tensors()[i];
    weights[list_.names()[i]] = to_array(flat.narrow(0, offset, tensor.numel()).view(tensor.sizes()));
    offset += tensor.numel();
  }
  return weights;
}

}  // namespace morgana::training
