// SPDX-License-Identifier: Apache-2.0
#include "objective.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/log.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/where.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace morgana::ddpm {
namespace {

at::Tensor column(std::vector<double> values, at::Device device) {
  return at::tensor(values, at::kDouble).to(at::kFloat).to(device);
}

/// A step's entry for each image, `[batch 1 1 1]`.
at::Tensor at_steps(const at::Tensor& values, const at::Tensor& timesteps) {
  return values.index_select(0, timesteps).view({-1, 1, 1, 1});
}

/// The normal distribution function by its tanh approximation, as guided-diffusion computes it.
at::Tensor normal_cdf(const at::Tensor& x) {
  return 0.5 * (1 + at::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
}

}  // namespace

at::Tensor start_of(Prediction prediction, const at::Tensor& output, const at::Tensor& noised, const at::Tensor& signal,
                    const at::Tensor& noise) {
  return prediction == Prediction::kEpsilon ? (noised - noise * output) / signal : signal * noised - noise * output;
}

Objective::Objective(const Configuration& configuration, double min_snr_gamma, at::Device device)
    : prediction_(configuration.prediction),
      variance_(configuration.variance),
      bound_weight_(static_cast<double>(configuration.diffusion_steps) / 1000) {
  const auto schedule = make_schedule(configuration.schedule, configuration.diffusion_steps);
  std::vector<double> signal, noise, weight, beta_log, lowest, highest, half_bin;
  // Pixels of [-1, 1] in 256 levels, of which the outermost hold what lies beyond.
  for (std::size_t channel = 0; channel < configuration.mean.size(); ++channel) {
    const double mean = configuration.mean[channel], deviation = configuration.deviation[channel];
    lowest.push_back((-0.999 - mean) / deviation);
    highest.push_back((0.999 - mean) / deviation);
    half_bin.push_back(1 / (255 * deviation));
  }
  const auto of_channels = [&](std::vector<double> values) {
    return column(std::move(values), device).view({1, -1, 1, 1});
  };
  lowest_ = of_channels(lowest), highest_ = of_channels(highest), half_bin_ = of_channels(half_bin);
  for (std::size_t t = 0; t < schedule.steps(); ++t) {
    const double bar = schedule.alpha_bar[t], snr = bar / (1 - bar);
    signal.push_back(std::sqrt(bar));
    noise.push_back(std::sqrt(1 - bar));
    beta_log.push_back(std::log(schedule.beta[t]));
    const double bounded = std::min(snr, min_snr_gamma);
    weight.push_back(min_snr_gamma <= 0                    ? 1
                     : prediction_ == Prediction::kEpsilon ? bounded / snr
                                                           : bounded / (snr + 1));
  }
  signal_ = column(signal, device), noise_ = column(noise, device), weight_ = column(weight, device);
  posterior_of_start_ = column(schedule.posterior_of_start, device);
  posterior_of_noisy_ = column(schedule.posterior_of_noisy, device);
  posterior_log_ = column(schedule.posterior_log_variance, device), beta_log_ = column(beta_log, device);
}

at::Tensor Objective::noisy(const at::Tensor& images, const at::Tensor& noise, const at::Tensor& timesteps) const {
  return at_steps(signal_, timesteps) * images + at_steps(noise_, timesteps) * noise;
}

Objective::Loss Objective::operator()(const at::Tensor& output, const at::Tensor& images, const at::Tensor& noise,
                                      const at::Tensor& noised, const at::Tensor& timesteps) const {
  const bool learned = variance_ == Variance::kLearnedRange;
  const auto halves = learned ? output.chunk(2, 1) : std::vector<at::Tensor>{output};
  const auto target = prediction_ == Prediction::kEpsilon
                          ? noise
                          : at_steps(signal_, timesteps) * noise - at_steps(noise_, timesteps) * images;
  const auto error = (halves[0] - target).square().mean({1, 2, 3});
  Loss loss{(error * weight_.index_select(0, timesteps)).mean(), error.mean().detach()};
  if (learned)
    loss.total = loss.total + bound_weight_ * bound(halves[0].detach(), halves[1], images, noised, timesteps);
  return loss;
}

/// Minus the log-likelihood of images under a Gaussian, in nats.
at::Tensor Objective::discretised_nll(const at::Tensor& images, const at::Tensor& mean,
                                      const at::Tensor& log_scale) const {
  constexpr double kSmallest = 1e-12;
  const auto centred = images - mean, inverse = at::exp(-log_scale);
  const auto above = normal_cdf(inverse * (centred + half_bin_)), below = normal_cdf(inverse * (centred - half_bin_));
  const auto inside = at::log((above - below).clamp_min(kSmallest));
  const auto lowest = at::log(above.clamp_min(kSmallest)), highest = at::log((1 - below).clamp_min(kSmallest));
  return -at::where(images < lowest_, lowest, at::where(images > highest_, highest, inside));
}

at::Tensor Objective::bound(const at::Tensor& prediction, const at::Tensor& fraction, const at::Tensor& images,
                            const at::Tensor& noised, const at::Tensor& timesteps) const {
  const auto start =
      start_of(prediction_, prediction, noised, at_steps(signal_, timesteps), at_steps(noise_, timesteps));
  const auto of_start = at_steps(posterior_of_start_, timesteps), of_noisy = at_steps(posterior_of_noisy_, timesteps);
  const auto small = at_steps(posterior_log_, timesteps), large = at_steps(beta_log_, timesteps);
  const auto share = (fraction + 1) / 2;
  const auto log_variance = share * large + (1 - share) * small;
  const auto mean = of_start * start + of_noisy * noised;
  const auto difference = of_start * (images - start);  // of the means: their part of x_t is the same
  const auto divergence =
      0.5 * (-1 + log_variance - small + at::exp(small - log_variance) + difference.square() * at::exp(-log_variance));
  const auto likelihood = discretised_nll(images, mean, 0.5 * log_variance);
  const auto first = (timesteps == 0).view({-1, 1, 1, 1});
  return at::where(first, likelihood, divergence).mean() / std::numbers::ln2;
}

}  // namespace morgana::ddpm
