// SPDX-License-Identifier: Apache-2.0
#include "run/budget.hpp"

#include <gtest/gtest.h>

namespace morgana::host {
namespace {

TEST(Budget, ThreadsNeverExceedTheTotal) {
  Budget budget({4, 8, 0, 0});
  const auto two = budget.try_take({2, false, 0}, 0);
  ASSERT_TRUE(two);
  EXPECT_FALSE(budget.try_take({3, false, 0}, 0));
  EXPECT_TRUE(budget.try_take({2, false, 0}, 0));
  EXPECT_FALSE(budget.try_take({1, false, 0}, 0));
  budget.give_back(*two);
  EXPECT_TRUE(budget.try_take({1, false, 0}, 0));
}

TEST(Budget, OneNodeAGpu) {
  Budget budget({8, 8, 2, 0});
  const auto first = budget.try_take({1, true, 0}, 0);
  const auto second = budget.try_take({1, true, 0}, 0);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->gpu, 0);
  EXPECT_EQ(second->gpu, 1);
  EXPECT_FALSE(budget.try_take({1, true, 0}, 0));
  EXPECT_TRUE(budget.try_take({1, false, 0}, 0));
  budget.give_back(*first);
  EXPECT_EQ(budget.try_take({1, true, 0}, 0)->gpu, 0);
}

TEST(Budget, NodeWaitsRatherThanExhaustMemory) {
  Budget budget({8, 8, 0, 1000});
  const auto large = budget.try_take({1, false, 5000}, 100);
  ASSERT_TRUE(large) << "alone, a node always fits";
  EXPECT_FALSE(budget.try_take({1, false, 1}, 100)) << "the large one has not grown yet, but will";
  budget.give_back(*large);
  ASSERT_TRUE(budget.try_take({1, false, 400}, 100));
  EXPECT_TRUE(budget.try_take({1, false, 400}, 100));
  EXPECT_FALSE(budget.try_take({1, false, 400}, 100));
  EXPECT_FALSE(budget.try_take({1, false, 0}, 2000)) << "what is in use counts too";
}

TEST(Budget, NodeThatNeverRanRunsAloneWhereMemoryIsLimited) {
  Budget budget({8, 8, 0, 1000});
  const auto unknown = budget.try_take({1, false, std::nullopt}, 100);
  ASSERT_TRUE(unknown);
  EXPECT_FALSE(budget.try_take({1, false, 1}, 100));
  budget.give_back(*unknown);
  const auto known = budget.try_take({1, false, 1}, 100);
  ASSERT_TRUE(known);
  EXPECT_FALSE(budget.try_take({1, false, std::nullopt}, 100));
  EXPECT_TRUE(budget.try_take({1, false, 1}, 100));

  Budget unlimited({8, 8, 0, 0});
  EXPECT_TRUE(unlimited.try_take({1, false, std::nullopt}, 100));
  EXPECT_TRUE(unlimited.try_take({1, false, std::nullopt}, 100));
}

TEST(Budget, JobsBoundsNodesAtOnce) {
  Budget budget({8, 1, 0, 0});
  ASSERT_TRUE(budget.try_take({1, false, 0}, 0));
  EXPECT_FALSE(budget.try_take({1, false, 0}, 0));
}

}  // namespace
}  // namespace morgana::host
