// SPDX-License-Identifier: Apache-2.0
#include "schedule.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "morgana/error.hpp"
#include "morgana/tensor.hpp"
#include "sampler.hpp"

namespace morgana::ddpm {
namespace {

TEST(Schedule, linear_has_the_known_alpha_bar) {
  const auto schedule = make_schedule("linear", 1000);
  EXPECT_NEAR(schedule.alpha_bar[0], 0.9999, 1e-12);
  EXPECT_NEAR(schedule.alpha_bar[249], 0.524085, 1e-6);
  EXPECT_NEAR(schedule.alpha_bar[499], 0.0785872, 1e-7);
  EXPECT_NEAR(schedule.alpha_bar[749], 0.00335055, 1e-8);
  EXPECT_NEAR(schedule.alpha_bar[999], 4.0358e-5, 1e-9);
}

TEST(Schedule, cosine_has_the_known_alpha_bar) {
  const auto schedule = make_schedule("cosine", 1000);
  EXPECT_NEAR(schedule.alpha_bar[0], 0.9999587, 1e-7);
  EXPECT_NEAR(schedule.alpha_bar[249], 0.847012, 1e-6);
  EXPECT_NEAR(schedule.alpha_bar[499], 0.493844, 1e-6);
  EXPECT_NEAR(schedule.alpha_bar[749], 0.144272, 1e-6);
  EXPECT_NEAR(schedule.alpha_bar[999], 2.43e-9, 1e-11);
  EXPECT_EQ(std::count(schedule.beta.begin(), schedule.beta.end(), 0.999), 1);
}

TEST(Schedule, scales_linear_betas_with_the_number_of_steps) {
  // Not rescaled, a hundred steps would end at 0.3636, which is no noise.
  EXPECT_NEAR(make_schedule("linear", 100).alpha_bar.back(), 2.04e-5, 1e-7);
}

TEST(Schedule, refuses_an_unknown_name) { EXPECT_THROW(make_schedule("sigmoid", 10), Error); }

TEST(Respacing, takes_fractional_strides_from_first_to_last) {
  EXPECT_EQ(even_steps(10, 4), (std::vector<std::int64_t>{0, 3, 6, 9}));
  EXPECT_EQ(even_steps(10, 3), (std::vector<std::int64_t>{0, 4, 9}));  // 4.5 is rounded to even
  EXPECT_EQ(even_steps(1000, 1), (std::vector<std::int64_t>{0}));
  EXPECT_THROW(even_steps(10, 11), Error);
}

TEST(Respacing, takes_whole_strides_where_they_exist) {
  EXPECT_EQ(whole_stride_steps(10, 5), (std::vector<std::int64_t>{0, 2, 4, 6, 8}));
  EXPECT_EQ(whole_stride_steps(1000, 250).back(), 996);
  EXPECT_THROW(whole_stride_steps(1000, 501), Error);
}

TEST(Respacing, spaces_by_noise_without_repeating) {
  const auto schedule = make_schedule("cosine", 1000);
  for (const std::int64_t count : {1, 2, 20, 500, 1000}) {
    const auto kept = log_snr_steps(schedule, count);
    ASSERT_EQ(kept.size(), static_cast<std::size_t>(count));
    for (std::size_t i = 1; i < kept.size(); ++i) ASSERT_LT(kept[i - 1], kept[i]);
    EXPECT_LT(kept.back(), 1000);
  }
  const auto kept = log_snr_steps(schedule, 20);
  EXPECT_EQ(kept.front(), 0);
  EXPECT_GT(kept.back(), 980);
  // Half of the steps are for the details: the middle of the scale is sqrt(0.0064 x 80) = 0.72.
  const double bar = schedule.alpha_bar[static_cast<std::size_t>(kept[9])];
  EXPECT_LT(std::sqrt((1 - bar) / bar), 0.72);
}

TEST(Respacing, keeps_alpha_bar_and_the_original_steps) {
  const auto whole = make_schedule("cosine", 1000);
  const auto kept = even_steps(1000, 17);
  const auto part = respaced(whole, kept);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    EXPECT_NEAR(part.alpha_bar[i], whole.alpha_bar[static_cast<std::size_t>(kept[i])], 1e-12);
    EXPECT_EQ(part.timestep[i], kept[i]);
  }
}

/// Standard deviation of what a sampler makes of the exact noise prediction for N(0.3, 0.5^2).
double sampled_deviation(const Schedule& schedule, SamplerSettings settings, const char* name = "linear") {
  const auto whole = make_schedule(name, 1000);
  const auto denoiser = [&](const at::Tensor& x, std::int64_t timestep) {
    const double bar = whole.alpha_bar[static_cast<std::size_t>(timestep)];
    return (x - std::sqrt(bar) * 0.3) * std::sqrt(1 - bar) / (bar * 0.25 + 1 - bar);
  };
  std::vector<std::uint64_t> samples(40);
  std::iota(samples.begin(), samples.end(), 0);
  const auto drawn = draw(schedule, settings, denoiser, 5, samples, {1, 40, 40}, at::kCPU, {});
  EXPECT_NEAR(drawn.mean().item<double>(), 0.3, 0.012);
  return drawn.std().item<double>();
}

TEST(Sampler, meets_the_exact_gaussian) {
  // 64,000 numbers: a standard error of 0.0014.
  const auto linear = make_schedule("linear", 1000);
  EXPECT_NEAR(sampled_deviation(linear, {.variance = Variance::kFixedSmall}), 0.495, 0.005);
  EXPECT_NEAR(sampled_deviation(linear, {.variance = Variance::kFixedLarge}), 0.502, 0.005);
}

TEST(Sampler, ddim_meets_the_exact_gaussian) {
  const auto linear = make_schedule("linear", 1000);
  const std::vector<std::pair<std::int64_t, double>> known{
      {10, 0.362}, {20, 0.430}, {50, 0.472}, {100, 0.486}, {250, 0.495}};
  for (const auto& [steps, deviation] : known)
    EXPECT_NEAR(sampled_deviation(respaced(linear, even_steps(1000, steps)), {.method = Method::kDdim}), deviation,
                0.005)
        << steps;
}

/// The solver is of second order: DDIM's error is 0.14 at ten steps and 0.07 at twenty.
TEST(Sampler, solver_needs_fewer_steps_than_ddim) {
  for (const char* name : {"linear", "cosine"}) {
    const auto whole = make_schedule(name, 1000);
    const auto deviation = [&](std::int64_t steps) {
      return sampled_deviation(respaced(whole, log_snr_steps(whole, steps)), {.method = Method::kSolver}, name);
    };
    EXPECT_NEAR(deviation(10), 0.5, 0.025) << name;
    EXPECT_NEAR(deviation(20), 0.5, 0.01) << name;
  }
}

TEST(Sampler, eta_one_makes_ddim_ancestral) {
  const auto linear = make_schedule("linear", 1000);
  EXPECT_NEAR(sampled_deviation(linear, {.method = Method::kDdim, .eta = 1}), 0.495, 0.005);
}

}  // namespace
}  // namespace morgana::ddpm
