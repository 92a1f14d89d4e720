// SPDX-License-Identifier: Apache-2.0
#include "neighbourhoods.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>

#include "morgana/error.hpp"
#include "samples.hpp"

namespace morgana::frechet {
namespace {

Overlap overlap_of(const at::Tensor& real, const at::Tensor& synthetic, std::int64_t neighbours = 5) {
  return overlap(balls(real, neighbours), balls(synthetic, neighbours));
}

void expect_all(const Overlap& overlap, double expected) {
  EXPECT_EQ(overlap.precision, expected);
  EXPECT_EQ(overlap.recall, expected);
  EXPECT_EQ(overlap.density, expected);
  EXPECT_EQ(overlap.coverage, expected);
}

TEST(Overlap, OfASampleWithItselfIsOne) {
  for (const std::int64_t count : {6, 256, 700}) expect_all(overlap_of(normal(count, 16, 1), normal(count, 16, 1)), 1);
}

TEST(Overlap, OfSamplesFarApartIsZero) { expect_all(overlap_of(normal(400, 16, 1), normal(300, 16, 2) + 50), 0); }

TEST(Overlap, OfTwoSamplesOfOneDistributionIsItsExpectation) {
  // Of n synthetic and m real vectors: density 1, coverage 1 - prod_{i < k} (m - 1 - i) / (n + m - 1 - i).
  struct Case {
    std::int64_t real, synthetic, columns;
    double coverage;
  };
  for (const auto& [real, synthetic, columns, coverage] :
       {Case{1000, 1000, 2, .96898}, {1000, 1000, 64, .96898}, {1000, 1000, 512, .96898}, {900, 300, 8, .76369}}) {
    double covered = 0, density = 0;
    const std::uint64_t repeats = 4;
    for (std::uint64_t i = 0; i < repeats; ++i) {
      const auto measured = overlap_of(normal(real, columns, 2 * i), normal(synthetic, columns, 2 * i + 1));
      covered += measured.coverage / repeats, density += measured.density / repeats;
    }
    EXPECT_NEAR(covered, coverage, 0.012) << columns << " columns";
    EXPECT_NEAR(density, 1, 0.07) << columns << " columns";
  }
}

TEST(Overlap, OfNormalsInManyDimensionsIsThePublishedOne) {
  // generative-evaluation-prdc's example is of 10,000 vectors: P .4772, R .4705, D 1.0555, C .9735.
  const auto measured = overlap_of(normal(2000, 1000, 1), normal(2000, 1000, 2));
  EXPECT_NEAR(measured.precision, measured.recall, 0.06);
  EXPECT_NEAR(measured.density, 1.05, 0.1);
  EXPECT_NEAR(measured.coverage, 0.97, 0.012);
}

TEST(Overlap, TellsTooFewKindsFromTooManyMistakes) {
  const auto real = at::cat({normal(300, 4, 1), normal(300, 4, 2) + 40});
  const auto one_kind = overlap_of(real, normal(600, 4, 3));
  EXPECT_GT(one_kind.precision, 0.9);
  EXPECT_GT(one_kind.density, 0.8);
  EXPECT_LT(one_kind.recall, 0.51);
  EXPECT_LT(one_kind.coverage, 0.51);
  const auto half_wrong = overlap_of(real, at::cat({real, normal(600, 4, 4) - 40}));
  EXPECT_LT(half_wrong.precision, 0.51);
  EXPECT_EQ(half_wrong.coverage, 1);
}

TEST(Overlap, OfPointsOnALineIsCountedByHand) {
  // Radii to the second neighbour: real 2, 1, 2, 3, 2, 3, synthetic 7, 1, 0.5, 1. Only 2.5 lies in a real ball, in that
  // of 2; it alone reaches real values, the first three.
  const auto column = [](std::vector<double> values) { return at::tensor(values, at::kDouble).unsqueeze(1); };
  const auto measured = overlap_of(column({0, 1, 2, 30, 31, 33}), column({2.5, 9, 9.5, 10}), 2);
  EXPECT_EQ(measured.precision, 0.25);
  EXPECT_EQ(measured.recall, 0.5);
  EXPECT_EQ(measured.density, 1 / (4 * 2.0));
  EXPECT_EQ(measured.coverage, 1 / 6.0);
}

TEST(Overlap, AgreesWithThePackageOfItsAuthors) {
  const auto real = at::cat({normal(500, 24, 1), normal(200, 24, 2) * 3 + 2}),
             synthetic = normal(600, 24, 3) * 1.3 + 0.4;
  const auto expected = python_answer("prdc_overlap.py", real, synthetic);
  if (expected.empty()) GTEST_SKIP() << "no Python to ask: run scripts/setup";
  const auto measured = overlap_of(real, synthetic);
  EXPECT_NEAR(measured.precision, expected[0], 1e-12);
  EXPECT_NEAR(measured.recall, expected[1], 1e-12);
  EXPECT_NEAR(measured.density, expected[2], 1e-12);
  EXPECT_NEAR(measured.coverage, expected[3], 1e-12);
}

TEST(Overlap, HoldsCopiesOfWhatIsRepeated) {
  // Fifty equal vectors have balls without width; one more of them, off by what float32 cannot tell, lies within.
  const auto real = at::cat({at::ones({50, 8}, at::kDouble), normal(50, 8, 1) * 3 + 20});
  const auto measured = overlap_of(real, at::ones({10, 8}, at::kDouble) * (1 + 1e-7));
  EXPECT_EQ(measured.precision, 1);
  EXPECT_EQ(measured.recall, 0.5);
  EXPECT_EQ(measured.density, 50 / 5.0);
  EXPECT_EQ(measured.coverage, 0.5);
}

TEST(Overlap, OfNoMoreVectorsThanNeighboursIsUndefined) {
  const auto measured = overlap_of(normal(5, 4, 1), normal(100, 4, 2));
  for (const double value : {measured.precision, measured.recall, measured.density, measured.coverage})
    EXPECT_TRUE(std::isnan(value));
  EXPECT_FALSE(std::isnan(overlap_of(normal(6, 4, 1), normal(6, 4, 2)).recall));
  EXPECT_THROW(overlap_of(normal(9, 4, 1), normal(9, 3, 2)), Error);
  EXPECT_THROW(overlap(balls(normal(9, 4, 1), 2), balls(normal(9, 4, 2), 3)), Error);
  EXPECT_THROW(balls(normal(9, 4, 1), 0), Error);
}

}  // namespace
}  // namespace morgana::frechet
