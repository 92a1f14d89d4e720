// SPDX-License-Identifier: Apache-2.0
#include "statistics/classification.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "morgana/error.hpp"

namespace morgana::statistics {
namespace {

TEST(Confusion, AgreesWithScikitLearn) {
  // f1_score([0, 0, 1, 1, 2, 2], [0, 1, 1, 1, 2, 0], average=None) = 0.5, 0.8, 0.66667; macro 0.65556
  const Confusion confusion(3, std::vector<std::int32_t>{0, 0, 1, 1, 2, 2},
                            std::vector<std::int32_t>{0, 1, 1, 1, 2, 0});
  EXPECT_NEAR(confusion.accuracy(), 4.0 / 6, 1e-12);
  EXPECT_NEAR(confusion.f1(0), 0.5, 1e-12);
  EXPECT_NEAR(confusion.f1(1), 0.8, 1e-12);
  EXPECT_NEAR(confusion.macro_f1(), 0.6555555555555556, 1e-12);
  EXPECT_EQ(confusion.at(2, 0), 1);
  EXPECT_EQ(confusion.total(), 6);
}

TEST(Confusion, CountsAClassThatIsOnlyPredicted) {
  const Confusion confusion(3, std::vector<std::int32_t>{0, 0}, std::vector<std::int32_t>{0, 1});
  EXPECT_TRUE(std::isnan(confusion.f1(2)));
  EXPECT_NEAR(confusion.macro_f1(), (2.0 / 3 + 0) / 2, 1e-12);
}

TEST(Confusion, OfNothingIsUndefined) {
  EXPECT_TRUE(std::isnan(Confusion(2).accuracy()));
  EXPECT_TRUE(std::isnan(Confusion(2).macro_f1()));
}

TEST(Confusion, RefusesWhatIsNoClass) {
  EXPECT_THROW(Confusion(2).add(0, 2), Error);
  EXPECT_THROW(Confusion(2).add(-1, 0), Error);
  EXPECT_THROW(Confusion(2, std::vector<std::int32_t>{0}, {}), Error);
}

}  // namespace
}  // namespace morgana::statistics
