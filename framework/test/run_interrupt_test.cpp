// SPDX-License-Identifier: Apache-2.0
#include "run/interrupt.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "morgana/error.hpp"

namespace morgana::host {
namespace {

TEST(InterruptDeathTest, WhatAnActionThrowsIsSaidAndTheProcessEndsAsAlways) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        std::atomic<bool> stop{false};
        const Interrupt interrupt(stop, std::chrono::seconds(3600),
                                  {.asked = [] { throw Error("the display is gone"); },
                                   .grace_over = [] { return true; },
                                   .before_exit = [] { throw Error("the disk is full"); }});
        ::raise(SIGINT);
        ::raise(SIGINT);
        while (true) ::pause();
      },
      ::testing::ExitedWithCode(1), "error: the display is gone\nerror: the disk is full");
}

}  // namespace
}  // namespace morgana::host
