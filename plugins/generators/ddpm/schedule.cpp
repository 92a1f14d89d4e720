// SPDX-License-Identifier: Apache-2.0
#include "schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "morgana/error.hpp"

namespace morgana::ddpm {
namespace {

Schedule from_betas(std::vector<double> betas, std::vector<std::int64_t> timesteps) {
  Schedule schedule;
  double product = 1;
  for (const double beta : betas) {
    const double before = product;
    product *= 1 - beta;
    schedule.alpha_bar_before.push_back(before);
    schedule.alpha_bar.push_back(product);
    schedule.posterior_variance.push_back(beta * (1 - before) / (1 - product));
    schedule.posterior_of_start.push_back(beta * std::sqrt(before) / (1 - product));
    schedule.posterior_of_noisy.push_back((1 - before) * std::sqrt(1 - beta) / (1 - product));
  }
  // The first variance is 0; its logarithm is cut to the second's.
  for (std::size_t i = 0; i < betas.size(); ++i) {
    const auto& variances = schedule.posterior_variance;
    const double variance = i > 0 ? variances[i] : variances.size() > 1 ? variances[1] : betas[0];
    schedule.posterior_log_variance.push_back(std::log(variance));
  }
  schedule.beta = std::move(betas);
  schedule.timestep = std::move(timesteps);
  return schedule;
}

}  // namespace

Schedule make_schedule(std::string_view name, std::int64_t steps) {
  std::vector<double> betas;
  const auto count = static_cast<double>(steps);
  if (name == "linear") {
    const double scale = 1000 / count, first = scale * 1e-4, last = scale * 0.02;
    for (std::int64_t i = 0; i < steps; ++i)
      betas.push_back(
          std::min(0.999, steps == 1 ? first : first + (last - first) * static_cast<double>(i) / (count - 1)));
  } else if (name == "cosine") {
    const auto alpha_bar = [&](double t) {
      const double c = std::cos((t + 0.008) / 1.008 * std::numbers::pi / 2);
      return c * c;
    };
    for (std::int64_t i = 0; i < steps; ++i)
      betas.push_back(std::min(
          0.999, 1 - alpha_bar(static_cast<double>(i + 1) / count) / alpha_bar(static_cast<double>(i) / count)));
  } else {
    throw Error("no noise schedule \"{}\"; there are linear and cosine", name);
  }
  std::vector<std::int64_t> timesteps(static_cast<std::size_t>(steps));
  std::iota(timesteps.begin(), timesteps.end(), 0);
  return from_betas(std::move(betas), std::move(timesteps));
}

Schedule respaced(const Schedule& schedule, const std::vector<std::int64_t>& kept) {
  if (kept.empty()) throw Error("a schedule needs at least one step");
  std::vector<double> betas;
  std::vector<std::int64_t> timesteps;
  double before = 1;
  for (const auto step : kept) {
    const double alpha_bar = schedule.alpha_bar.at(static_cast<std::size_t>(step));
    betas.push_back(1 - alpha_bar / before);
    timesteps.push_back(schedule.timestep[static_cast<std::size_t>(step)]);
    before = alpha_bar;
  }
  return from_betas(std::move(betas), std::move(timesteps));
}

std::vector<std::int64_t> even_steps(std::int64_t steps, std::int64_t count) {
  if (count < 1 || count > steps) throw Error("cannot take {} of {} diffusion steps", count, steps);
  const double stride = count == 1 ? 1 : static_cast<double>(steps - 1) / static_cast<double>(count - 1);
  std::vector<std::int64_t> kept;
  double at = 0;
  for (std::int64_t i = 0; i < count; ++i, at += stride) kept.push_back(std::llrint(at));
  return kept;
}

std::vector<std::int64_t> whole_stride_steps(std::int64_t steps, std::int64_t count) {
  for (std::int64_t stride = 1; stride < steps; ++stride)
    if ((steps + stride - 1) / stride == count) {
      std::vector<std::int64_t> kept;
      for (std::int64_t step = 0; step < steps; step += stride) kept.push_back(step);
      return kept;
    }
  throw Error("no whole stride takes {} of {} diffusion steps", count, steps)
      .hint("choose a number of steps that divides theirs");
}

std::vector<std::int64_t> log_snr_steps(const Schedule& schedule, std::int64_t count) {
  const double most_noise = std::log(80.0);  // EDM's largest sigma: there the image is gone
  const auto steps = static_cast<std::int64_t>(schedule.steps());
  if (count < 1 || count > steps) throw Error("cannot take {} of {} diffusion steps", count, steps);
  const auto log_sigma = [&](std::int64_t step) {
    const double bar = schedule.alpha_bar[static_cast<std::size_t>(step)];
    return 0.5 * std::log((1 - bar) / bar);
  };
  const double first = log_sigma(0), last = std::min(most_noise, log_sigma(steps - 1));
  std::vector<std::int64_t> kept;
  std::int64_t step = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const double share = count == 1 ? 1 : static_cast<double>(i) / static_cast<double>(count - 1);
    const double wanted = first + share * (last - first);
    const auto room = steps - (count - i);  // enough are left for those to come
    while (step < room && std::abs(log_sigma(step + 1) - wanted) <= std::abs(log_sigma(step) - wanted)) ++step;
    kept.push_back(step++);
  }
  return kept;
}

}  // namespace morgana::ddpm
