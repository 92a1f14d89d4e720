// SPDX-License-Identifier: Apache-2.0
#include "statistics/interval.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace morgana::statistics {
namespace {

TEST(StudentT, AgreesWithScipy) {
  // scipy.stats.t.ppf(0.975, v)
  EXPECT_NEAR(student_t975(1), 12.706204736432095, 1e-8);
  EXPECT_NEAR(student_t975(4), 2.7764451051977987, 1e-8);
  EXPECT_NEAR(student_t975(21), 2.079613844727662, 2e-5);
  EXPECT_NEAR(student_t975(60), 2.0002978220142604, 1e-5);
  EXPECT_NEAR(student_t975(1000), 1.9623390808264078, 1e-6);
}

TEST(Summary, HasAnIntervalFromTwoRepeatsOn) {
  const auto summary = summarise(std::vector<double>{1, 2, 3, 4, 5});
  EXPECT_EQ(summary.mean, 3);
  EXPECT_NEAR(*summary.high, 3 + 2.7764451051977987 * std::sqrt(2.5 / 5), 1e-8);
  EXPECT_NEAR(*summary.low, 6 - *summary.high, 1e-12);
  EXPECT_FALSE(summarise(std::vector<double>{4}).low);
  EXPECT_EQ(summarise(std::vector<double>{4, NAN}).mean, 4);
  EXPECT_TRUE(std::isnan(summarise({}).mean));
  EXPECT_EQ(*summarise(std::vector<double>{2, 2}).low, 2);
}

}  // namespace
}  // namespace morgana::statistics
