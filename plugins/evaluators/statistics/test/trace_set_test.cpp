// SPDX-License-Identifier: Apache-2.0
#include "statistics/trace_set.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace morgana::statistics {
namespace {

Traces sample() {
  TraceTable table;
  table.channels = {{"PL", "bytes", {100, 200, 100, 200, 100, 200, 300, 100}},
                    {"IAT", "s", {0, 0.001f, 0, 0.001f, 0, 0.002f, 0, 0}},
                    {"DIR", "", {-1, 1, -1, 1, -1, 1, 1, 1}}};
  table.offsets = {0, 2, 4, 7, 8};
  return Traces(std::move(table));
}

TEST(TraceKeys, AreEqualWhereTracesArePacketForPacket) {
  const auto traces = sample();
  const auto sizes = TraceKeys({"PL*DIR"}, 0).of(traces);
  EXPECT_EQ(sizes[0], sizes[1]);
  EXPECT_NE(sizes[0], sizes[2]);
  EXPECT_NE(sizes[0], sizes[3]);
  EXPECT_EQ(TraceKeys({"PL*DIR"}, 2).of(traces)[2], sizes[0]);
  const auto both = TraceKeys({"PL*DIR", "IAT"}, 2).of(traces);
  EXPECT_EQ(both[0], both[1]);
  EXPECT_NE(both[0], both[2]);
}

TEST(TraceKeys, GiveTheShareThatIsKnown) {
  const auto keys = TraceKeys({"PL*DIR"}, 0).of(sample());
  EXPECT_EQ(share_known(keys, count_keys({keys[0]})), 0.5);
  EXPECT_TRUE(std::isnan(share_known({}, {})));
  EXPECT_EQ(count_keys(keys).at(keys[0]), 2u);
}

TEST(ClassList, MatchesByName) {
  ClassList classes;
  classes.add({"a", "unused", "b"}, {0, 2, 0});
  classes.add({"b", "c"}, {1, 0, -1});
  EXPECT_EQ(classes.names(), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(classes.labels({"c", "z", "a"}, {0, 1, 2, -1}), (std::vector<std::int32_t>{2, -1, 0, -1}));
  EXPECT_EQ(classes.rows({"b", "c"}, {1, 0, -1})[1], (std::vector<std::size_t>{1}));
}

TEST(LogMicroseconds, IsZeroAtZero) {
  EXPECT_EQ(log_microseconds(0), 0);
  EXPECT_NEAR(log_microseconds(1e-3), std::log(1001), 1e-12);
  EXPECT_EQ(log_microseconds(-1e-3), -log_microseconds(1e-3)) << "a time signed by its direction";
}

}  // namespace
}  // namespace morgana::statistics
