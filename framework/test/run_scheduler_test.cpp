// SPDX-License-Identifier: Apache-2.0
#include "run/scheduler.hpp"

#include <gtest/gtest.h>

namespace morgana::host {
namespace {

TEST(Scheduler, NextTryTakesWhatTheWorkFoundThatItNeeds) {
  std::vector<Demand> taken;
  {
    Scheduler scheduler({4, 1, 1, 0}, [&](std::size_t, const Budget::Grant& grant, Demand& demand) {
      taken.push_back(grant.demand);
      EXPECT_EQ(grant.gpu, grant.demand.gpu ? 0 : -1);
      if (taken.size() > 1) return Scheduler::Result::kFinished;
      demand.threads = 3;
      demand.gpu = true;
      return Scheduler::Result::kNotNow;
    });
    scheduler.submit(0, {1, false, std::nullopt});
  }
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0].threads, 1);
  EXPECT_FALSE(taken[0].gpu);
  EXPECT_EQ(taken[1].threads, 3);
  EXPECT_TRUE(taken[1].gpu);
}

}  // namespace
}  // namespace morgana::host
