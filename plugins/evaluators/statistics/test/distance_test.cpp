// SPDX-License-Identifier: Apache-2.0
#include "statistics/distance.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "morgana/error.hpp"
#include "morgana/random.hpp"

namespace morgana::statistics {
namespace {

std::vector<double> ramp(double end, int count) {
  std::vector<double> values;
  for (int i = 0; i < count; ++i) values.push_back(end * (i + 0.5) / count);
  return values;
}

std::vector<double> normal(std::size_t count, std::uint64_t sample) {
  std::vector<float> drawn(count);
  Random(11, sample).fill_normal(drawn);
  std::vector<double> values(drawn.begin(), drawn.end());
  std::sort(values.begin(), values.end());
  return values;
}

TEST(Wasserstein1, OfUniformsIsHalfTheirStretch) {
  EXPECT_NEAR(wasserstein1(ramp(1, 10000), ramp(2, 10000)), 0.5, 1e-6);
}

TEST(Wasserstein1, OfSamplesOfDifferentSizeAgreesWithScipy) {
  // scipy.stats.wasserstein_distance([0, 1, 3], [5, 6, 8, 8]) and ([0, 1, 1, 3], [1, 2])
  EXPECT_NEAR(wasserstein1(std::vector<double>{0, 1, 3}, std::vector<double>{5, 6, 8, 8}), 5.416666666666667, 1e-12);
  EXPECT_NEAR(wasserstein1(std::vector<double>{0, 1, 1, 3}, std::vector<double>{1, 2}), 0.75, 1e-12);
}

TEST(Wasserstein1, OfTwoNormalSamplesIsTheKnownFloor) {
  for (const auto& [count, expected] : {std::pair{100u, 0.175}, {1000u, 0.0581}, {10000u, 0.0188}}) {
    double sum = 0;
    for (std::uint64_t i = 0; i < 60; ++i) sum += wasserstein1(normal(count, 2 * i), normal(count, 2 * i + 1));
    EXPECT_NEAR(sum / 60, expected, 0.15 * expected) << count;
  }
}

TEST(Wasserstein1, OfOneValueEachIsTheirGapAndOfNothingUndefined) {
  EXPECT_EQ(wasserstein1(std::vector<double>{3}, std::vector<double>{-4}), 7);
  EXPECT_EQ(wasserstein1(std::vector<double>{5, 5}, std::vector<double>{5}), 0);
  EXPECT_TRUE(std::isnan(wasserstein1({}, std::vector<double>{1})));
  EXPECT_TRUE(std::isnan(wasserstein1(std::vector<double>{1}, {})));
}

TEST(KolmogorovSmirnov, IsTheLargestGap) {
  // scipy.stats.ks_2samp([1, 2, 2, 3], [2, 4, 5]).statistic
  EXPECT_NEAR(kolmogorov_smirnov(std::vector<double>{1, 2, 2, 3}, std::vector<double>{2, 4, 5}), 2.0 / 3, 1e-12);
  EXPECT_EQ(kolmogorov_smirnov(std::vector<double>{1, 2}, std::vector<double>{3}), 1);
  EXPECT_EQ(kolmogorov_smirnov(std::vector<double>{7, 7}, std::vector<double>{7}), 0);
  EXPECT_TRUE(std::isnan(kolmogorov_smirnov({}, std::vector<double>{1})));
}

TEST(JensenShannon, OfAFairAndAFixedCoinIsKnown) {
  const std::vector<double> fair{.5, .5}, fixed{1, 0};
  EXPECT_NEAR(jensen_shannon_bits(fair, fixed), 0.3112781244591328, 1e-12);
  EXPECT_NEAR(jensen_shannon_bits(fair, fixed) * std::log(2), 0.2157615543388357, 1e-12);
  EXPECT_EQ(jensen_shannon_bits(fixed, std::vector<double>{0, 9}), 1);
  EXPECT_EQ(jensen_shannon_bits(fair, std::vector<double>{4, 4}), 0);
  EXPECT_TRUE(std::isnan(jensen_shannon_bits(fair, std::vector<double>{0, 0})));
  EXPECT_THROW(jensen_shannon_bits(fair, std::vector<double>{1, 2, 3}), Error);
}

/// Mean distance of two samples of `size` from one uniform distribution over `cells`.
double floor_of(double (*distance)(std::span<const double>, std::span<const double>), std::uint32_t cells,
                std::uint32_t size) {
  double sum = 0;
  for (std::uint64_t repeat = 0; repeat < 100; ++repeat) {
    std::vector<double> first(cells), second(cells);
    const Random random(5, repeat);
    for (std::uint32_t i = 0; i < size; ++i)
      first[random.below(2 * i, cells)] += 1, second[random.below(2 * i + 1, cells)] += 1;
    sum += distance(first, second);
  }
  return sum / 100;
}

TEST(JensenShannon, OfTwoSamplesOfOneDistributionIsTheKnownFloor) {
  EXPECT_NEAR(floor_of(jensen_shannon_bits, 10, 1000), .0033, .0004);
  EXPECT_NEAR(floor_of(jensen_shannon_bits, 50, 1000), .0179, .0018);
  EXPECT_NEAR(floor_of(jensen_shannon_bits, 100, 200), .218, .02);
  EXPECT_NEAR(floor_of(jensen_shannon_bits, 1000, 1000), .416, .04);
}

TEST(Hellinger, OfKnownCountsIsItsClosedForm) {
  const std::vector<double> fair{.5, .5}, fixed{1, 0};
  EXPECT_NEAR(hellinger(fair, fixed), std::sqrt(1 - std::sqrt(.5)), 1e-12);
  EXPECT_EQ(hellinger(fixed, std::vector<double>{0, 9}), 1);
  EXPECT_EQ(hellinger(fair, std::vector<double>{4, 4}), 0);
  EXPECT_NE(hellinger(fair, fixed), jensen_shannon_bits(fair, fixed));
  EXPECT_TRUE(std::isnan(hellinger(fair, std::vector<double>{0, 0})));
  EXPECT_THROW(hellinger(fair, std::vector<double>{1, 2, 3}), Error);
}

TEST(Hellinger, OfTwoSamplesOfOneDistributionIsTheKnownFloor) {
  EXPECT_NEAR(floor_of(hellinger, 10, 1000), .0466, .003);
  EXPECT_NEAR(floor_of(hellinger, 100, 200), .440, .01);
}

TEST(Histogram, LosesNothingOutside) {
  const auto edges = equal_bins(0, 10, 5);
  EXPECT_EQ(histogram(std::vector<double>{-1, 0, 1.9, 2, 9, 10, 10.1, 500}, edges),
            (std::vector<double>{1, 2, 1, 0, 0, 2, 2}));
  EXPECT_EQ(edges.size(), 6u);
}

TEST(Histogram, OfMassBeyondTheRangeIsFar) {
  // Half of the synthetic mass outside: 0.2169 nats where bins keep it, 0.0016 where they lose it (metrics, 3.9).
  std::vector<double> real(1000), synthetic;
  for (std::size_t i = 0; i < 1000; ++i)
    real[i] = static_cast<double>(i % 100), synthetic.push_back(i % 2 ? real[i] : 1000.0);
  const auto edges = equal_bins(0, 100, 10);
  EXPECT_NEAR(jensen_shannon_bits(histogram(real, edges), histogram(synthetic, edges)) * std::log(2), 0.2157, 0.002);
}

TEST(EqualBins, OfAConstantHaveWidth) {
  EXPECT_EQ(equal_bins(3, 3, 2), (std::vector<double>{2.5, 3, 3.5}));
  EXPECT_THROW(equal_bins(1, 0, 2), Error);
  EXPECT_THROW(equal_bins(0, 1, 0), Error);
}

TEST(TotalVariation, IsHalfTheSummedDifference) {
  EXPECT_EQ(total_variation(std::vector<double>{1, 1}, std::vector<double>{2, 0}), 0.5);
  EXPECT_EQ(total_variation(std::vector<double>{1, 0}, std::vector<double>{0, 3}), 1);
  EXPECT_TRUE(std::isnan(total_variation(std::vector<double>{0}, std::vector<double>{1})));
}

TEST(Cumulative, KeepsEndsAndTies) {
  const auto curve = cumulative(std::vector<double>{1, 1, 2, 9}, 200);
  EXPECT_EQ(curve.x, (std::vector<double>{1, 2, 9}));
  EXPECT_EQ(curve.share, (std::vector<double>{.5, .75, 1}));
  EXPECT_LE(cumulative(ramp(1, 100000), 200).x.size(), 200u);
  EXPECT_EQ(cumulative(ramp(1, 100000), 200).share.back(), 1);
  EXPECT_TRUE(cumulative({}, 200).x.empty());
  EXPECT_EQ(cumulative(std::vector<double>{4}, 200).share, (std::vector<double>{1}));
}

}  // namespace
}  // namespace morgana::statistics
