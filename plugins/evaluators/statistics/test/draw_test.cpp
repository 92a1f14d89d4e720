// SPDX-License-Identifier: Apache-2.0
#include "statistics/draw.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace morgana::statistics {
namespace {

TEST(Draw, TakesEachRowAtMostOnceAndEachAsOften) {
  std::vector<std::size_t> rows{5, 7, 8, 11, 40}, hits(41);
  for (std::uint64_t sample = 0; sample < 5000; ++sample) {
    const auto drawn = draw(rows, 2, 3, sample);
    ASSERT_EQ(std::set<std::size_t>(drawn.begin(), drawn.end()).size(), 2u);
    for (const auto row : drawn) ++hits[row];
  }
  for (const auto row : rows) EXPECT_NEAR(hits[row], 2000, 150) << row;
}

TEST(Draw, IsAFunctionOfItsArguments) {
  const std::vector<std::size_t> rows{1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(draw(rows, 3, 1, 2), draw(rows, 3, 1, 2));
  EXPECT_NE(draw(rows, 3, 1, 2), draw(rows, 3, 2, 2));
  EXPECT_EQ(draw(rows, 9, 1, 2), rows);
  EXPECT_TRUE(draw({}, 9, 1, 2).empty());
}

TEST(DrawByClass, TakesAsManyAsThereAre) {
  const RowsByClass rows{{0, 1, 2}, {}, {3}};
  EXPECT_EQ(draw_by_class(rows, std::vector<std::size_t>{2, 5, 5}, 1).size(), 3u);
  EXPECT_EQ(smaller(sizes(rows), std::vector<std::size_t>{2, 5, 5}), (std::vector<std::size_t>{2, 0, 1}));
  EXPECT_EQ(total(sizes(rows)), 4u);
}

}  // namespace
}  // namespace morgana::statistics
