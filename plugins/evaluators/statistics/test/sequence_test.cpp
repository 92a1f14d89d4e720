// SPDX-License-Identifier: Apache-2.0
#include "statistics/sequence.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace morgana::statistics {
namespace {

TEST(Transitions, AreCountedWithinEachTrace) {
  const std::vector<float> first{-1, 1, 1, -1}, second{1}, third{-1, -1};
  const auto counts = direction_transitions({first, second, third});
  EXPECT_EQ(counts, (std::array<double, 4>{1, 1, 1, 1}));
  const auto chances = transition_chances({1, 3, 0, 0});
  EXPECT_EQ(chances[1], 0.75);
  EXPECT_TRUE(std::isnan(chances[2]));
}

TEST(Autocorrelation, OfAlternationIsMinusOneThenOne) {
  const std::vector<std::vector<double>> series(5, {1, -1, 1, -1});
  const auto result = autocorrelation(series, 3);
  EXPECT_NEAR(result[0], -1, 1e-12);
  EXPECT_NEAR(result[1], 1, 1e-12);
}

TEST(Autocorrelation, DoesNotSeeThePaddingOfShortTraces) {
  // Traces of one packet change mean and variance, but give no pairs.
  const auto result = autocorrelation({{2, 0, 2, 0}, {1}}, 5);
  EXPECT_NEAR(result[0], -1 / 0.8, 1e-12);
  EXPECT_EQ(result[3], 0);
  EXPECT_EQ(result[4], 0);
}

TEST(Autocorrelation, OfAConstantOrOfNothingIsZero) {
  EXPECT_EQ(autocorrelation({{0.1, 0.1, 0.1}}, 2), (std::vector<double>{0, 0}));
  EXPECT_EQ(autocorrelation({}, 2), (std::vector<double>{0, 0}));
  EXPECT_EQ(euclidean(std::vector<double>{3, 0}, std::vector<double>{0, 4}), 5);
}

}  // namespace
}  // namespace morgana::statistics
