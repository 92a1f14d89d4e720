// SPDX-License-Identifier: Apache-2.0
#include "morgana/trace_builder.hpp"

#include <gtest/gtest.h>

#include "morgana/channels.hpp"
#include "morgana/nearest.hpp"

namespace morgana {
namespace {

TEST(TraceBuilder, NumbersNamesByNameWhateverTheirOrder) {
  NameColumnBuilder first, second;
  for (const auto* name : {"b", "", "a", "b"}) first.add(name);
  for (const auto* name : {"c", "a"}) second.add(name);
  first.append(second);
  const auto column = std::move(first).finish();
  EXPECT_EQ(column.names, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(column.id, (std::vector<std::int32_t>{1, -1, 0, 1, 2, 0}));
}

TEST(TraceBuilder, SaysWhatWasLeftOutWithTheFirstExamplesByPlace) {
  Omissions omissions, others;
  EXPECT_TRUE(omissions.empty());
  omissions.add("no label", "file 9");
  omissions.add("damaged iat", "file 2", "expected a number");
  others.add("no label", "file 1");
  others.add("no label", "file 3");
  others.add("no label", "file 4");
  others.count("fragment", 7);
  others.count("never", 0);
  omissions.append(others);
  EXPECT_EQ(omissions.summary(), "damaged iat (1), fragment (7), no label (4)");
  EXPECT_EQ(omissions.total(), 12);
  EXPECT_EQ(omissions.of("never"), 0);
  TraceTable table;
  omissions.write_to(table);
  EXPECT_EQ(table.counts.at("skipped: no label"), 4);
  EXPECT_EQ(table.notes.at("skipped: no label"), "file 1; file 3; file 4; ...");
  EXPECT_EQ(table.notes.at("skipped: damaged iat"), "file 2: expected a number");
  EXPECT_EQ(table.counts.at("skipped: fragment"), 7);
  EXPECT_FALSE(table.notes.contains("skipped: fragment"));
}

TEST(Channels, GiveNameAndUnit) {
  EXPECT_EQ(standard_channel("IAT").unit, "s");
  EXPECT_EQ(find_standard_channel("XYZ"), nullptr);
  EXPECT_THROW(standard_channel("XYZ"), Error);
}

TEST(Nearest, PutsNamesThatContainTheWordFirst) {
  EXPECT_EQ(by_nearness("netflix", {"com.spotify.music", "netfix", "com.Netflix.mediaclient"}),
            (std::vector<std::string>{"com.Netflix.mediaclient", "netfix", "com.spotify.music"}));
}

}  // namespace
}  // namespace morgana
