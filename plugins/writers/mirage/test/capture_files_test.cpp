// SPDX-License-Identifier: Apache-2.0
#include "capture_files.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace morgana::write_mirage {
namespace {

using mirage_format::Release;

constexpr const char* k2019 = "_MIRAGE-2019_traffic_dataset_labeled_biflows.json";
constexpr const char* kLater = "_mirage2020dataset_labeled_biflows_all_packets_encryption_metadata.json";

/// One empty trace for each entry of the columns.
Traces traces_of(NameColumn capture, NameColumn device, NameColumn label) {
  TraceTable table;
  table.offsets.assign(std::max({capture.id.size(), device.id.size(), label.id.size()}) + 1, 0);
  table.channels.push_back({"PL", "bytes", {}});
  table.capture = std::move(capture);
  table.device = std::move(device);
  table.label = std::move(label);
  return Traces(std::move(table));
}

TEST(CaptureFiles, TakeTheNamesOfCaptures) {
  const auto files =
      capture_files(traces_of({{"1539866692_com.a", "Mi5_38_a4_ed_18_cc_bf/1540373141_com.b"}, {1, 0, 1}},
                              {{"Nexus7_bc_ee_7b_a4_09_47"}, {0, 0, 0}}, {}),
                    Release::k2019);
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].place, std::string("Mi5_38_a4_ed_18_cc_bf/1540373141_com.b") + k2019);
  EXPECT_EQ(files[0].start_seconds, 1540373141);
  EXPECT_EQ(files[0].rows, (std::vector<std::size_t>{0, 2}));
  EXPECT_EQ(files[1].place, std::string("Nexus7_bc_ee_7b_a4_09_47/1539866692_com.a") + k2019);
}

TEST(CaptureFiles, AreOfADeviceAndClassWithoutCaptures) {
  const Traces traces = traces_of({}, {{"d", "e"}, {0, 0, 1, 1, -1}}, {{"com.a", "com.b"}, {0, 1, 0, 0, -1}});
  const auto files = capture_files(traces, Release::k2019);
  ASSERT_EQ(files.size(), 4u);
  EXPECT_EQ(files[0].place, std::string("d/1577836800_com.a") + k2019);
  EXPECT_EQ(files[0].start_seconds, kUnknownStart);
  EXPECT_EQ(files[1].place, std::string("d/1577836800_com.b") + k2019);
  EXPECT_EQ(files[2].place, std::string("e/1577836800_com.a") + k2019);
  EXPECT_EQ(files[2].rows, (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(files[3].place, std::string("1577836800_None") + k2019);
  // Apps have folders in the releases that pack them so; two devices then need two names.
  const auto later = capture_files(traces, Release::kAppxAct);
  EXPECT_EQ(later[0].place, std::string("com.a/1577836800_com.a") + kLater);
  EXPECT_EQ(later[2].place, std::string("com.a/1577836800_com.a_2") + kLater);
}

TEST(CaptureFiles, StayInTheFolderAndApart) {
  const std::string longest(300, 'x');
  const auto files = capture_files(
      traces_of(
          {{"../../etc/passwd", "/a", "a", "A", "b\xC3\xA9\n", "", longest, longest + "y"}, {0, 1, 2, 3, 4, 5, 6, 7}},
          {}, {}),
      Release::kVideo);
  std::vector<std::string> places;
  for (const auto& file : files) {
    const auto place = file.place.string();
    ASSERT_TRUE(place.ends_with(kLater)) << place;
    places.push_back(place.substr(0, place.size() - std::string(kLater).size()));
  }
  const std::string cut(120, 'x');
  EXPECT_EQ(places, (std::vector<std::string>{"_./_./etc/passwd", "a", "a_2", "A_3", "b___", "None", cut, cut + "_2"}));
}

TEST(CaptureFiles, MayBeOneOfAllTraces) {
  const auto all = single_file(traces_of({{"c", "d"}, {0, 1}}, {}, {}), "1234567890_all.json");
  EXPECT_EQ(all.rows, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(all.start_seconds, 1234567890);
}

}  // namespace
}  // namespace morgana::write_mirage
