// SPDX-License-Identifier: Apache-2.0
#include "frechet_distance.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/logspace.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>

#include "morgana/error.hpp"
#include "samples.hpp"

namespace morgana::frechet {
namespace {

TEST(Frechet, OfShiftedNormalsIsTheSquaredShift) {
  const auto identity = at::eye(2048, at::kDouble);
  EXPECT_NEAR(frechet_distance(Moments{at::zeros({2048}, at::kDouble), identity},
                               Moments{at::ones({2048}, at::kDouble), identity}),
              2048, 1e-9);
}

TEST(Frechet, OfWiderNormalsIsTheSquaredDifferenceOfDeviations) {
  const auto identity = at::eye(64, at::kDouble), zero = at::zeros({64}, at::kDouble);
  EXPECT_NEAR(frechet_distance(Moments{zero, identity}, Moments{zero, identity * 4}), 64, 1e-10);
}

TEST(Frechet, OfTwoSamplesOfOneNormalIsTheKnownFloor) {
  EXPECT_NEAR(frechet_distance(normal(1000, 64, 1), normal(1000, 64, 2)), 2.2, 0.15);
  EXPECT_NEAR(frechet_distance(normal(1000, 128, 1), normal(1000, 128, 2)), 8.4, 0.4);
  EXPECT_NEAR(frechet_distance(normal(1000, 320, 1), normal(1000, 320, 2)), 51.9, 1.5);
  EXPECT_NEAR(frechet_distance(normal(5000, 320, 1), normal(5000, 320, 2)), 10.4, 0.4);
}

TEST(Frechet, OfASampleWithItselfIsZero) {
  for (const std::int64_t count : {20, 64, 65, 300})
    EXPECT_NEAR(frechet_distance(normal(count, 64, 1), normal(count, 64, 1)), 0, 1e-6) << count;
}

TEST(Frechet, DoesNotJumpWhereSamplesBecomeFewerThanFeatures) {
  // Moments of a rank-deficient sample through eigenvalues, against singular values: the same within their rounding.
  for (const std::int64_t count : {5, 40, 64}) {
    const auto first = normal(count, 64, 1), second = normal(50, 64, 2) * 2 + 0.5;
    const double by_moments = frechet_distance(moments(first), moments(second));
    EXPECT_NEAR(frechet_distance(first, second), by_moments, 2e-6 * by_moments) << count;
    EXPECT_NEAR(frechet_distance(second, first), frechet_distance(first, second), 1e-9 * by_moments);
  }
  EXPECT_NEAR(frechet_distance(normal(5, 64, 1), normal(500, 64, 2)),
              frechet_distance(moments(normal(5, 64, 1)), moments(normal(500, 64, 2))), 1e-4);
}

TEST(Frechet, OfConstantsIsTheSquaredGapAndOfOneRowUndefined) {
  EXPECT_NEAR(frechet_distance(at::ones({10, 3}), at::zeros({10, 3})), 3, 1e-12);
  EXPECT_TRUE(std::isnan(frechet_distance(at::ones({1, 3}), at::zeros({10, 3}))));
  EXPECT_THROW(frechet_distance(at::ones({4, 3}), at::zeros({4, 2})), Error);
}

TEST(Frechet, AgreesWithScipysMatrixRoot) {
  // Correlated features of very different widths, full rank.
  const auto mixing = normal(96, 96, 3), widths = at::logspace(-2, 1, 96, 10, at::kDouble);
  const auto first = at::matmul(normal(700, 96, 1) * widths, mixing),
             second = at::matmul(normal(900, 96, 2) * widths.flip(0), mixing) + 0.3;
  const auto expected = python_answer("scipy_frechet.py", first, second);
  if (expected.empty()) GTEST_SKIP() << "no Python to ask: run scripts/setup";
  EXPECT_NEAR(frechet_distance(first, second) / expected[0], 1, 1e-8);
}

TEST(KernelDistance, OfShiftedNormalsIsTheAnalyticValue) {
  const auto distance = kernel_distance(normal(1000, 64, 1), normal(1000, 64, 2) + 0.5, 100, 1000, 1);
  EXPECT_EQ(distance.subsets, 1);
  EXPECT_NEAR(distance.mean, 0.97107, 0.06);
  double sum = 0;
  for (std::uint64_t i = 0; i < 20; ++i)
    sum += kernel_distance(normal(1000, 64, 2 * i), normal(1000, 64, 2 * i + 1) + 0.5, 1, 1000, 1).mean;
  EXPECT_NEAR(sum / 20, 0.97107, 0.015);
}

TEST(KernelDistance, OfOneDistributionIsZero) {
  double sum = 0;
  for (std::uint64_t i = 0; i < 20; ++i)
    sum += kernel_distance(normal(1000, 64, 2 * i), normal(1000, 64, 2 * i + 1), 1, 1000, 1).mean;
  EXPECT_NEAR(sum / 20, 0, 0.001);
}

TEST(KernelDistance, OfSubsetsIsUnbiasedAndTheSameForOneSeed) {
  const auto first = normal(3000, 64, 1), second = normal(3000, 64, 2) + 0.5;
  const auto subsets = kernel_distance(first, second, 40, 300, 1), again = kernel_distance(first, second, 40, 300, 1);
  EXPECT_EQ(subsets.subsets, 40);
  EXPECT_NEAR(subsets.mean, kernel_distance(first, second, 1, 3000, 1).mean, 4 * subsets.deviation / std::sqrt(40));
  EXPECT_EQ(subsets.mean, again.mean);
  EXPECT_TRUE(std::isnan(kernel_distance(normal(1, 4, 1), normal(9, 4, 2), 10, 100, 1).mean));
}

}  // namespace
}  // namespace morgana::frechet
