// SPDX-License-Identifier: Apache-2.0
#include "sampler.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/scalar_tensor.h>

#include <cmath>

#include "morgana/tensor.hpp"
#include "objective.hpp"

namespace morgana::ddpm {
namespace {

/// Half the logarithm of the signal-to-noise ratio: DPM-Solver's lambda.
double half_log_snr(double bar) { return 0.5 * std::log(bar / (1 - bar)); }

}  // namespace

at::Tensor draw(const Schedule& schedule, const SamplerSettings& settings, const Denoiser& denoiser, std::uint64_t seed,
                std::span<const std::uint64_t> samples, at::IntArrayRef shape, at::Device device,
                const AfterStep& after_step) {
  const auto noise = [&](std::size_t step) {
    return normal_noise(seed, samples, static_cast<std::uint32_t>(step), shape, device);
  };
  const std::size_t steps = schedule.steps();
  auto x = noise(0);
  at::Tensor start_before;
  for (std::size_t i = steps; i-- > 0;) {
    const auto output = denoiser(x, schedule.timestep[i]);
    const bool learned = settings.variance == Variance::kLearnedRange;
    const auto halves = learned ? output.chunk(2, 1) : std::vector<at::Tensor>{output};
    const double bar = schedule.alpha_bar[i], before = schedule.alpha_bar_before[i];
    auto start = start_of(settings.prediction, halves[0], x, at::scalar_tensor(std::sqrt(bar)),
                          at::scalar_tensor(std::sqrt(1 - bar)));
    if (settings.low.defined()) start = at::minimum(at::maximum(start, settings.low), settings.high);

    switch (settings.method) {
      case Method::kAncestral: {
        const auto mean = schedule.posterior_of_start[i] * start + schedule.posterior_of_noisy[i] * x;
        if (i == 0) {
          x = mean;
        } else {
          const double small = schedule.posterior_log_variance[i], large = std::log(schedule.beta[i]);
          if (learned) {
            const auto share = (halves[1] + 1) / 2;
            x = mean + at::exp(0.5 * (share * large + (1 - share) * small)) * noise(steps - i);
          } else {
            // guided-diffusion's large variance starts from the posterior's second entry; only i == 0 would use it
            const double log = settings.variance == Variance::kFixedLarge ? large : small;
            x = mean + std::exp(0.5 * log) * noise(steps - i);
          }
        }
        break;
      }
      case Method::kDdim: {
        // from the clipped image, so that both stay consistent
        const auto epsilon = (x - std::sqrt(bar) * start) / std::sqrt(1 - bar);
        const double sigma = settings.eta * std::sqrt((1 - before) / (1 - bar)) * std::sqrt(1 - bar / before);
        x = std::sqrt(before) * start + std::sqrt(std::max(0.0, 1 - before - sigma * sigma)) * epsilon;
        if (sigma > 0 && i > 0) x = x + sigma * noise(steps - i);
        break;
      }
      case Method::kSolver: {
        if (i == 0) {
          x = start;
          break;
        }
        const double here = half_log_snr(bar), there = half_log_snr(before), h = there - here;
        auto direction = start;
        if (start_before.defined()) {
          const double ratio = h / (here - half_log_snr(schedule.alpha_bar[i + 1]));
          direction = start + 0.5 * ratio * (start - start_before);
        }
        x = std::sqrt((1 - before) / (1 - bar)) * x - std::sqrt(before) * std::expm1(-h) * direction;
        start_before = start;
        break;
      }
    }
    if (after_step) after_step(steps - i);
  }
  return x;
}

}  // namespace morgana::ddpm
