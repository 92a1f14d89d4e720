// SPDX-License-Identifier: Apache-2.0
#include "training/parameter_list.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <c10/core/GradMode.h>

#include <cmath>

#include "morgana/random.hpp"
#include "morgana/tensor.hpp"

namespace morgana::training {
namespace {

std::string shape_text(at::IntArrayRef shape) {
  std::string text = "[";
  for (const auto extent : shape) text += (text.size() > 1 ? " " : "") + std::to_string(extent);
  return text + "]";
}

/// "a, b and 3 more"
std::string some(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, names.size()); ++i) text += (i > 0 ? ", " : "") + names[i];
  return names.size() > kShown ? fmt::format("{} and {} more", text, names.size() - kShown) : text;
}

}  // namespace

at::Tensor ParameterList::add(const std::string& name, at::IntArrayRef shape, Initial initial, std::int64_t fan_in) {
  auto tensor = at::empty(shape, at::TensorOptions(at::kFloat).device(device_.is_meta() ? at::kMeta : at::kCPU));
  if (!device_.is_meta()) {
    const std::span values(tensor.mutable_data_ptr<float>(), static_cast<std::size_t>(tensor.numel()));
    const Random random(seed_, names_.size());
    const float bound = 1 / std::sqrt(static_cast<float>(fan_in));
    switch (initial) {
      case Initial::kZero:
        tensor.zero_();
        break;
      case Initial::kOne:
        tensor.fill_(1);
        break;
      case Initial::kFanIn:
        random.fill_uniform(values);
        for (auto& value : values) value = bound * (2 * value - 1);
        break;
      case Initial::kNormal:
        random.fill_normal(values);
        break;
    }
    tensor = tensor.to(device_);
  }
  tensor.requires_grad_(true);
  names_.push_back(name);
  tensors_.push_back(tensor);
  return tensor;
}

std::int64_t ParameterList::elements() const {
  std::int64_t total = 0;
  for (const auto& tensor : tensors_) total += tensor.numel();
  return total;
}

void ParameterList::load(const std::map<std::string, Array>& state) {
  const at::NoGradGuard no_gradient;
  std::vector<std::string> missing, misshapen, unknown;
  std::map<std::string, Array> left = state;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const auto found = left.find(names_[i]);
    if (found == left.end()) {
      missing.push_back(names_[i]);
      continue;
    }
    const auto values = to_tensor(found->second);
    if (values.sizes() != tensors_[i].sizes())
      misshapen.push_back(
          fmt::format("{} ({} instead of {})", names_[i], shape_text(values.sizes()), shape_text(tensors_[i].sizes())));
    else tensors_[i].copy_(values);
    left.erase(found);
  }
  for (const auto& [name, array] : left) unknown.push_back(name);
  if (missing.empty() && misshapen.empty() && unknown.empty()) return;
  std::string text = "the weights do not fit the network:";
  if (!missing.empty()) text += fmt::format(" {} missing: {};", missing.size(), some(missing));
  if (!unknown.empty()) text += fmt::format(" {} unknown: {};", unknown.size(), some(unknown));
  if (!misshapen.empty()) text += fmt::format(" {} of another shape: {};", misshapen.size(), some(misshapen));
  text.pop_back();
  throw Error(text).hint(
      "give the network the channels, multipliers, blocks and classes that the weights were trained with");
}

}  // namespace morgana::training
