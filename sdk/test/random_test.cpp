// SPDX-License-Identifier: Apache-2.0
#include "morgana/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <vector>

namespace morgana {
namespace {

// The known answers published with Random123 for philox4x32-10.
TEST(Random, AgreesWithThePublishedAnswersOfPhilox) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}),
            (std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (std::array<std::uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, ANumberDoesNotDependOnHowManyAreDrawn) {
  const Random random(7, 3, 2);
  std::vector<float> many(101), few(7);
  random.fill_normal(many);
  random.fill_normal(few);
  for (std::size_t i = 0; i < few.size(); ++i) EXPECT_EQ(many[i], few[i]);
  for (std::size_t i = 0; i < many.size(); ++i) EXPECT_EQ(many[i], random.normal(i));
}

TEST(Random, SeedSampleStepAndElementAllMatter) {
  std::set<std::uint32_t> seen{Random(1, 1, 1).bits(1), Random(2, 1, 1).bits(1), Random(1, 2, 1).bits(1),
                               Random(1, 1, 2).bits(1), Random(1, 1, 1).bits(2)};
  EXPECT_EQ(seen.size(), 5u);
}

TEST(Random, NormalNumbersHaveMeanZeroAndVarianceOne) {
  std::vector<float> values(100'000);
  Random(11, 0).fill_normal(values);
  double sum = 0, squares = 0;
  for (const double value : values) {
    sum += value;
    squares += value * value;
  }
  // Five standard errors: 5 / sqrt(n) for the mean, 5 sqrt(2 / n) for the variance.
  EXPECT_NEAR(sum / 1e5, 0.0, 0.016);
  EXPECT_NEAR(squares / 1e5, 1.0, 0.023);
}

TEST(Random, UniformNumbersStayBelowOneAndCountsBelowTheirLimit) {
  const Random random(5, 0);
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    EXPECT_GE(random.uniform(i), 0.0f);
    EXPECT_LT(random.uniform(i), 1.0f);
    EXPECT_LT(random.below(i, 3), 3u);
  }
}

TEST(Random, AShuffleIsAPermutation) {
  std::vector<int> values(100);
  std::iota(values.begin(), values.end(), 0);
  auto shuffled = values;
  Random(1, 0).shuffle(shuffled);
  EXPECT_NE(shuffled, values);
  EXPECT_TRUE(std::is_permutation(shuffled.begin(), shuffled.end(), values.begin()));
}

}  // namespace
}  // namespace morgana
