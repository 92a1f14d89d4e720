// SPDX-License-Identifier: Apache-2.0
#include "training/optimizer.hpp"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace morgana::training {
namespace {

struct Coefficients {
  float keep, beta1, new1, beta2, new2, rate, root_scale, epsilon, average_new, gradient_scale;
};

// Compiled for the usual vector units; the processor chooses at start.
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"))) void update(
    float* __restrict parameters, float* __restrict gradients, float* __restrict first, float* __restrict second,
    float* __restrict average, std::int64_t count, Coefficients c) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float gradient = gradients[i] * c.gradient_scale;
    const float mean = c.beta1 * first[i] + c.new1 * gradient;
    const float square = c.beta2 * second[i] + c.new2 * gradient * gradient;
    const float value = parameters[i] * c.keep - c.rate * mean / (std::sqrt(square) * c.root_scale + c.epsilon);
    first[i] = mean;
    second[i] = square;
    parameters[i] = value;
    average[i] += c.average_new * (value - average[i]);
    gradients[i] = 0;
  }
}

}  // namespace

void optimize(FlatParameters& flat, const AdamW& settings, std::int64_t step, double average_decay) {
  const at::NoGradGuard no_gradient;
  if (!flat.parameters.is_cpu()) {
    if (settings.clip > 0) {
      const auto norm = at::linalg_vector_norm(flat.gradients, 2);
      flat.gradients.mul_((settings.clip / (norm + 1e-6)).clamp_max(1));
    }
    const auto count = at::tensor(static_cast<float>(step), flat.parameters.options());
    at::_fused_adamw_({flat.parameters}, {flat.gradients}, {flat.first}, {flat.second}, {}, {count}, settings.rate,
                      settings.beta1, settings.beta2, settings.weight_decay, settings.epsilon, false, false);
    flat.average.lerp_(flat.parameters, 1 - average_decay);
    flat.gradients.zero_();
    return;
  }
  double scale = 1;
  if (settings.clip > 0) {
    const double norm = at::linalg_vector_norm(flat.gradients, 2).item<double>();
    scale = std::min(1.0, settings.clip / (norm + 1e-6));
  }
  const double count = static_cast<double>(step);
  const Coefficients coefficients{static_cast<float>(1 - settings.rate * settings.weight_decay),
                                  static_cast<float>(settings.beta1),
                                  static_cast<float>(1 - settings.beta1),
                                  static_cast<float>(settings.beta2),
                                  static_cast<float>(1 - settings.beta2),
                                  static_cast<float>(settings.rate / (1 - std::pow(settings.beta1, count))),
                                  static_cast<float>(1 / std::sqrt(1 - std::pow(settings.beta2, count))),
                                  static_cast<float>(settings.epsilon),
                                  static_cast<float>(1 - average_decay),
                                  static_cast<float>(scale)};
  constexpr std::int64_t kGrain = 1 << 16;
  at::parallel_for(0, flat.parameters.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
    update(flat.parameters.mutable_data_ptr<float>() + begin, flat.gradients.mutable_data_ptr<float>() + begin,
           flat.first.mutable_data_ptr<float>() + begin, flat.second.mutable_data_ptr<float>() + begin,
           flat.average.mutable_data_ptr<float>() + begin, end - begin, coefficients);
  });
}

double average_decay_at(std::int64_t step, double decay, bool warm_up) {
  const double count = static_cast<double>(step);
  return warm_up ? std::min(decay, (1 + count) / (10 + count)) : decay;
}

double rate_factor(std::int64_t step, std::int64_t warm_up, double fraction, bool cosine) {
  const double rise = warm_up > 0 ? std::min(1.0, static_cast<double>(step) / static_cast<double>(warm_up)) : 1.0;
  return cosine ? rise * 0.5 * (1 + std::cos(std::numbers::pi * std::min(1.0, fraction))) : rise;
}

}  // namespace morgana::training
