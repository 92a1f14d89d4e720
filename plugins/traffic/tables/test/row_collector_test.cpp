// SPDX-License-Identifier: Apache-2.0
#include "tables/row_collector.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "morgana/error.hpp"

namespace morgana::tables {
namespace {

using Lists = std::vector<std::vector<double>>;

class Rows {
 public:
  explicit Rows(RowOptions options) : collector_(std::move(options)) { collector_.begin_file("file", "row"); }
  Rows& add(const Lists& lists, std::string_view label = "a") {
    TraceRow row;
    for (const auto& list : lists) row.lists.emplace_back(list);
    row.label = label;
    row.number = static_cast<std::uint64_t>(collector_.rows());
    collector_.add(row);
    return *this;
  }
  Traces finish() { return std::move(collector_).finish(); }

 private:
  RowCollector collector_;
};

std::vector<float> all(const Traces& traces, std::string_view channel) {
  return traces.table().channels[traces.channel_index(channel)].values;
}

TEST(RowCollector, CutsAndCounts) {
  RowOptions options{channel_sources({"PL", "IAT", "DIR"}, "", {"IAT=0.001"})};
  options.kept.most = 2;
  options.kept.least = 2;
  const auto traces = Rows(options)
                          .add({{1, 2, 3}, {NAN, 5, -1}, {0, 1, 7}})  // what is cut off is not looked at
                          .add({{1}, {0}, {1}})
                          .add({{}, {}, {}})
                          .add({{1, 2}, {0}, {0, 1}})
                          .add({{1, 2}, {0, 1}, {0, 1}}, "")
                          .add({{1, NAN}, {0, 1}, {0, 1}})
                          .add({{1, 2}, {0, -1}, {0, 1}})
                          .add({{1, 2}, {0, 1}, {0, 0.5}})
                          .add({{1, 1e39}, {0, 1}, {0, 1}})
                          .finish();
  ASSERT_EQ(traces.size(), 1u);
  EXPECT_EQ(all(traces, "PL"), (std::vector<float>{1, 2}));
  EXPECT_EQ(all(traces, "IAT"), (std::vector<float>{0, 0.005f}));
  EXPECT_EQ(all(traces, "DIR"), (std::vector<float>{-1, 1}));
  const auto& table = traces.table();
  EXPECT_EQ(table.counts.at("rows"), 9);
  EXPECT_EQ(table.counts.at("kept"), 1);
  EXPECT_EQ(table.notes.at("skipped: too few packets"), "file row 1: 1");
  EXPECT_EQ(table.notes.at("skipped: no packets"), "file row 2");
  EXPECT_EQ(table.notes.at("skipped: unequal lengths"), "file row 3: PL has 2, IAT has 1");
  EXPECT_EQ(table.notes.at("skipped: no label"), "file row 4");
  EXPECT_EQ(table.notes.at("skipped: missing value"), "file row 5: PL of packet 1");
  EXPECT_EQ(table.counts.at("skipped: value out of range"), 3);
  EXPECT_EQ(
      table.notes.at("skipped: value out of range"),
      "file row 6: IAT of packet 1 is -1; file row 7: DIR of packet 1 is 0.5; file row 8: PL of packet 1 is 1e+39");
  EXPECT_EQ(table.notes.at("channel IAT"), "column IAT times 0.001");
}

TEST(RowCollector, GivesTheTimesOfDroppedPacketsToTheNext) {
  RowOptions options{channel_sources({"PL", "IAT"}, "", {})};
  options.kept.zero_payload = forms::ZeroPayload::kDrop;
  const auto traces = Rows(options).add({{0, 10, 0, 0, 20}, {0, 1, 2, 3, 4}}).finish();
  EXPECT_EQ(all(traces, "PL"), (std::vector<float>{10, 20}));
  EXPECT_EQ(all(traces, "IAT"), (std::vector<float>{0, 9}));
  EXPECT_EQ(traces.table().counts.at("zero-payload packets dropped"), 3);
}

TEST(RowCollector, MakesTimesBetweenPacketsOfTimestamps) {
  RowOptions options{channel_sources({"PL", "TIME=seen"}, "seen", {"IAT=1e-6", "TIME=1e-6"})};
  options.kept.zero_payload = forms::ZeroPayload::kDrop;
  const auto traces = Rows(options)
                          .add({{0, 10, 0, 20}, {5e6, 6e6, 7e6, 9e6}, {5e6, 6e6, 7e6, 9e6}})
                          .add({{1, 1}, {2, 1}, {2, 1}})
                          .finish();
  EXPECT_EQ(all(traces, "IAT"), (std::vector<float>{0, 3}));
  EXPECT_EQ(all(traces, "TIME"), (std::vector<float>{0, 3}));
  EXPECT_EQ(traces.table().notes.at("skipped: times run backwards"), "file row 1: seen of packet 1");
}

TEST(RowCollector, DropsPaddingOfZerosAndOfMissingNumbers) {
  RowOptions options{channel_sources({"PL", "DIR"}, "", {})};
  options.padding = Padding::kDrop;
  const auto traces =
      Rows(options).add({{3, 0, 4, 0, 0}, {-1, 1, 1, 0, 0}}).add({{5, NAN, NAN}, {1, NAN, NAN}}).finish();
  EXPECT_EQ(all(traces, "PL"), (std::vector<float>{3, 0, 4, 5}));
  EXPECT_EQ(all(traces, "DIR"), (std::vector<float>{-1, 1, 1, 1}));
  EXPECT_EQ(traces.table().counts.at("padding packets dropped"), 4);
}

TEST(RowCollector, SeparatesSizeAndSign) {
  RowOptions options{channel_sources({"PL*DIR=size"}, "", {})};
  options.positive = Positive::kUp;
  const auto traces = Rows(options).add({{100, -200}}).add({{7, 0}}).finish();
  EXPECT_EQ(all(traces, "PL"), (std::vector<float>{100, 200}));
  EXPECT_EQ(all(traces, "DIR"), (std::vector<float>{-1, 1}));
  EXPECT_EQ(traces.table().notes.at("skipped: no direction"), "file row 1: size of packet 1 is 0, which has no sign");
}

TEST(RowCollector, RefusesDirectionsWrittenInTwoWays) {
  Rows rows({channel_sources({"DIR=d"}, "", {})});
  rows.add({{-1, 1}}).add({{1, 0}});
  try {
    rows.finish();
    FAIL() << "directions of two kinds are taken";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "directions are -1 in file row 0 packet 0, 0 in file row 1 packet 1");
    EXPECT_EQ(error.hint(), "where zeros fill rows up, set `padding` to \"drop\"");
  }
}

TEST(RowCollector, KeepsNamesAndFurtherNumbers) {
  RowOptions options{channel_sources({"SIZE"}, "", {})};
  options.labelled = false;
  options.captured = options.has_device = options.keyed = true;
  options.columns = {{"duration", "s", {}}};
  RowCollector collector(options);
  collector.begin_file("file", "row");
  const std::vector<double> list{-4}, numbers{1.5};
  collector.add({{list}, "", "b", "phone", "k", numbers, 0});
  collector.add({{list}, "", "a", "", "l", numbers, 1});
  const auto traces = std::move(collector).finish();
  const auto& table = traces.table();
  EXPECT_EQ(table.channels[0].unit, "");
  EXPECT_EQ(table.channels[0].values, (std::vector<float>{-4, -4}));
  EXPECT_TRUE(table.label.id.empty());
  EXPECT_EQ(table.capture.names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(table.device.id, (std::vector<std::int32_t>{0, -1}));
  EXPECT_EQ(table.keys, (std::vector<std::string>{"k", "l"}));
  EXPECT_EQ(table.columns[0].unit, "s");
  EXPECT_EQ(table.columns[0].values, (std::vector<double>{1.5, 1.5}));
}

TEST(RowCollector, NeedsPayloadToDropWhatHasNone) {
  RowOptions options{channel_sources({"IAT"}, "", {})};
  options.padding = Padding::kDrop;
  EXPECT_THROW(RowCollector{options}, Error);
}

}  // namespace
}  // namespace morgana::tables
