// SPDX-License-Identifier: Apache-2.0
#include "networks/classifier.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include "morgana/error.hpp"
#include "morgana/random.hpp"
#include "morgana/tensor.hpp"

namespace morgana::networks {
namespace {

constexpr std::array<const char*, 4> kLayers{"first", "second", "hidden", "answer"};
constexpr std::int64_t kFirst = 32, kSecond = 64, kPlaces = 64, kEarlyPlaces = 1024;

/// Halves the longer sides until at most `places` are left.
at::Tensor pooled(at::Tensor maps, std::int64_t places) {
  while (maps.size(2) * maps.size(3) > places)
    maps = at::avg_pool2d(maps, {maps.size(2) > 1 ? 2 : 1, maps.size(3) > 1 ? 2 : 1}, {}, 0, /*ceil_mode=*/true,
                          /*count_include_pad=*/false);
  return maps;
}

std::string parameter_name(std::size_t index) {
  return fmt::format("{}.{}", kLayers[index / 2], index % 2 == 0 ? "weight" : "bias");
}

}  // namespace

Classifier::Classifier(const ClassifierShape& shape, std::uint64_t seed, at::Device device) : shape_(shape) {
  const std::int64_t tall = shape.height > 1 ? 3 : 1;
  const auto maps = pooled(pooled(at::empty({1, 1, shape.height, shape.width}), kEarlyPlaces), kPlaces);
  const std::int64_t places = maps.size(2) * maps.size(3);
  const std::vector<std::vector<std::int64_t>> sizes{{kFirst, shape.channels, tall, 3},
                                                     {kSecond, kFirst, tall, 3},
                                                     {shape.features, kSecond * places},
                                                     {shape.classes, shape.features}};
  for (std::size_t layer = 0; layer < sizes.size(); ++layer) {
    const auto& size = sizes[layer];
    const double inputs =
        static_cast<double>(std::accumulate(size.begin() + 1, size.end(), std::int64_t{1}, std::multiplies<>()));
    const std::vector<std::uint64_t> sample{layer};
    parameters_.push_back(
        (normal_noise(seed, sample, 0, size, device).squeeze(0) * std::sqrt(2 / inputs)).requires_grad_(true));
    parameters_.push_back(at::zeros({size[0]}, parameters_.back().options().requires_grad(false)).requires_grad_(true));
  }
}

at::Tensor Classifier::features(const at::Tensor& examples) const {
  const std::vector<std::int64_t> padding{shape_.height > 1 ? 1 : 0, 1};
  auto maps = at::relu(at::conv2d(examples, parameters_[0], parameters_[1], at::IntArrayRef{1, 1}, padding));
  maps =
      at::relu(at::conv2d(pooled(maps, kEarlyPlaces), parameters_[2], parameters_[3], at::IntArrayRef{1, 1}, padding));
  return at::relu(at::linear(pooled(maps, kPlaces).flatten(1), parameters_[4], parameters_[5]));
}

at::Tensor Classifier::logits(const at::Tensor& features) const {
  return at::linear(features, parameters_[6], parameters_[7]);
}

std::map<std::string, Array> Classifier::weights() const {
  std::map<std::string, Array> result;
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    result.emplace(parameter_name(i), to_array(parameters_[i].detach().to(at::kCPU).contiguous()));
  return result;
}

void Classifier::load(const std::map<std::string, Array>& weights) {
  const at::NoGradGuard no_gradient;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const auto found = weights.find(parameter_name(i));
    if (found == weights.end()) throw Error("the classifier's weights lack {}", parameter_name(i));
    const auto values = to_tensor(found->second);
    if (values.sizes() != parameters_[i].sizes())
      throw Error("{} of the classifier's weights has another shape", parameter_name(i));
    parameters_[i].copy_(values);
  }
}

std::string Classifier::fingerprint() const {
  std::uint64_t hash = 0;
  for (const auto& parameter : parameters_) {
    const auto values = parameter.detach().to(at::kCPU).contiguous();
    hash = XXH3_64bits_withSeed(values.const_data_ptr(), static_cast<std::size_t>(values.nbytes()), hash);
  }
  return fmt::format("{:016x}", hash);
}

double train(Classifier& classifier, const Examples& examples, const std::vector<std::int32_t>& labels,
             const Training& training, at::Device device, Context& context) {
  if (labels.empty()) throw Error("a classifier cannot be trained on no examples");
  auto& parameters = classifier.parameters();
  std::vector<at::Tensor> first, second, steps;
  for (const auto& parameter : parameters) {
    first.push_back(at::zeros_like(parameter.detach()));
    second.push_back(at::zeros_like(parameter.detach()));
    steps.push_back(at::zeros({}, at::TensorOptions(at::kFloat).device(device)));
  }
  std::vector<std::size_t> order(labels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::size_t taken = order.size();
  std::uint64_t pass = 0;
  double late_loss = 0;
  const std::int64_t late = std::max<std::int64_t>(1, training.steps / 10);
  for (std::int64_t step = 0; step < training.steps; ++step) {
    context.check_stop();
    std::vector<std::size_t> rows;
    std::vector<std::int64_t> wanted;
    while (rows.size() < static_cast<std::size_t>(training.batch)) {
      if (taken == order.size()) Random(training.seed, pass++, 1).shuffle(order), taken = 0;
      rows.push_back(order[taken++]);
      wanted.push_back(labels[rows.back()]);
    }
    const auto loss =
        at::cross_entropy_loss(classifier.logits(classifier.features(examples(rows))), at::tensor(wanted).to(device));
    loss.backward();
    {
      const at::NoGradGuard no_gradient;
      std::vector<at::Tensor> gradients;
      for (auto& parameter : parameters) gradients.push_back(parameter.grad()), parameter.mutable_grad() = at::Tensor();
      for (auto& count : steps) count += 1;
      const double rate =
          training.rate * 0.5 *
          (1 + std::cos(std::numbers::pi * static_cast<double>(step) / static_cast<double>(training.steps)));
      at::_fused_adamw_(parameters, gradients, first, second, {}, steps, rate, 0.9, 0.999, 0.0, 1e-8, false, false);
    }
    if (step >= training.steps - late) late_loss += loss.item<double>() / static_cast<double>(late);
  }
  return late_loss;
}

}  // namespace morgana::networks
