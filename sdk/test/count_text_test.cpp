// SPDX-License-Identifier: Apache-2.0
#include "morgana/count_text.hpp"

#include <gtest/gtest.h>

namespace morgana {
namespace {

TEST(CountText, IsSingularForOneAlone) {
  EXPECT_EQ(count_text(0, "packet"), "0 packets");
  EXPECT_EQ(count_text(1u, "packet"), "1 packet");
  EXPECT_EQ(count_text(std::size_t{2}, "packet"), "2 packets");
  EXPECT_EQ(count_text(1, "class", "classes"), "1 class");
  EXPECT_EQ(count_text(2, "class", "classes"), "2 classes");
}

}  // namespace
}  // namespace morgana
