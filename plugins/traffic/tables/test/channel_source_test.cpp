// SPDX-License-Identifier: Apache-2.0
#include "tables/channel_source.hpp"

#include <gtest/gtest.h>

#include "morgana/error.hpp"
#include "tables/names.hpp"

namespace morgana::tables {
namespace {

std::string fault(const std::vector<std::string>& channels, const std::string& timestamps = "",
                  const std::vector<std::string>& scale = {}) {
  try {
    channel_sources(channels, timestamps, scale);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(ChannelSources, AreChannelColumnAndFactor) {
  const auto sources = channel_sources({"PL=pkts_size", "DIR", "RSSI=a=b"}, "seen", {"IAT=1e-9", "RSSI=2"});
  ASSERT_EQ(sources.size(), 4u);
  EXPECT_EQ(sources[0].channel, "PL");
  EXPECT_EQ(sources[0].column, "pkts_size");
  EXPECT_EQ(sources[0].scale, 1);
  EXPECT_EQ(sources[1].column, "DIR");
  EXPECT_EQ(sources[2].column, "a=b");
  EXPECT_EQ(sources[2].scale, 2);
  EXPECT_EQ(sources[3].channel, "IAT");
  EXPECT_EQ(sources[3].column, "seen");
  EXPECT_TRUE(sources[3].timestamps);
  EXPECT_EQ(sources[3].scale, 1e-9);
}

TEST(ChannelSources, KnowSignedNumbers) {
  const auto sources = channel_sources({"PL*DIR=signed"}, "", {});
  EXPECT_TRUE(sources[0].is_signed());
  EXPECT_EQ(sources[0].size(), "PL");
  EXPECT_EQ(sources[0].column, "signed");
  EXPECT_EQ(channel_sources({"PL*DIR"}, "", {})[0].column, "PL");
}

TEST(ChannelSources, SayWhatDoesNotFit) {
  EXPECT_EQ(fault({}), "no channel is asked for");
  EXPECT_EQ(fault({"=x"}), "channel \"=x\" is not understood");
  EXPECT_EQ(fault({"PL="}), "channel \"PL=\" is not understood");
  EXPECT_EQ(fault({"PL*WIN=x"}), "channel \"PL*WIN=x\" is not understood");
  EXPECT_EQ(fault({"DIR*DIR=x"}), "channel \"DIR*DIR=x\" is not understood");
  EXPECT_EQ(fault({"PL=a", "PL*DIR=b"}), "channel \"PL\" is asked for twice");
  EXPECT_EQ(fault({"PL*DIR=a", "DIR=b"}), "channel \"DIR\" is asked for twice");
  EXPECT_EQ(fault({"IAT=a"}, "b"), "channel \"IAT\" is asked for twice");
  EXPECT_EQ(fault({"PL=a"}, "", {"IAT=1e-6"}), "scale \"IAT=1e-6\" is for a channel that is not read");
  EXPECT_EQ(fault({"IAT=a"}, "", {"IAT=us"}), "scale \"IAT=us\" is not understood");
  EXPECT_EQ(fault({"IAT=a"}, "", {"IAT=0"}), "scale \"IAT=0\" is not understood");
  EXPECT_EQ(fault({"DIR=a"}, "", {"DIR=2"}), "scale \"DIR=2\": a direction has no scale");
}

TEST(Names, ComeFromThePath) {
  EXPECT_EQ(name_from_path("{file}", "captures/zoom/one.two.csv.gz"), "one.two");
  EXPECT_EQ(name_from_path("{folder}", "captures/zoom/one.csv"), "zoom");
  EXPECT_EQ(name_from_path("{folder}", "one.csv"), "");
  EXPECT_EQ(name_from_path("label", "one.csv"), std::nullopt);
}

TEST(Names, AreListedNearestFirst) {
  EXPECT_EQ(listed_by_nearness("pkt_size", {"row_id", "pkts_size"}), "pkts_size, row_id");
  std::vector<std::string> many;
  for (int i = 0; i < 12; ++i) many.push_back("column" + std::to_string(i));
  EXPECT_TRUE(listed_by_nearness("x", many).ends_with(" and 2 more"));
}

TEST(Utf8, IsToldFromOtherBytes) {
  for (const char* text : {"", "plain", "é", "€", "😀", "\xf4\x8f\xbf\xbf"}) EXPECT_TRUE(is_utf8(text)) << text;
  for (const char* text : {"\x80", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xf0\x80\x80\x80",
                           "\xe2\x82", "\xf4\x90\x80\x80"})
    EXPECT_FALSE(is_utf8(text));
}

}  // namespace
}  // namespace morgana::tables
