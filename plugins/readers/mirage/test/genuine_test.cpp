// SPDX-License-Identifier: Apache-2.0
// The released files, value by value beside an independent parser.
#include <gtest/gtest.h>

#include <cstdlib>
#include <morgana/testing.hpp>
#include <morgana/traces.hpp>
#include <nlohmann/json.hpp>

#include "files/test/text_source.hpp"
#include "test_environment.hpp"

namespace morgana::mirage {
namespace {

nlohmann::json parsed(const std::filesystem::path& file) {
  auto text = testing::content_of(file);
  for (auto at = text.find("NaN"); at != text.npos; at = text.find("NaN", at)) text.replace(at, 3, "null");
  return nlohmann::json::parse(text);
}

TEST(GenuineMirage2019, AgreesWithAnIndependentParserInEveryValue) {
  const auto folder = morgana::testing::reference_data() / "mirage-2019";
  if (!std::filesystem::exists(folder))
    GTEST_SKIP() << "no reference data in " << folder << "; set MORGANA_REFERENCE_DATA";
  const std::vector<std::pair<std::string, std::size_t>> captures{{"1539866692_com.iconology.comics", 5},
                                                                  {"1540373141_air.com.hypah.io.slither", 28}};
  morgana::testing::StageRunner stage(morgana_plugin(), "read.mirage-2019");
  const auto traces = stage.set("path", folder.string())
                          .set("background", "keep")
                          .set("channels", std::vector<std::string>{"PL", "IAT", "DIR", "WIN"})
                          .run()
                          .output<Traces>("traces");
  const auto& table = traces->table();
  EXPECT_EQ(table.counts.at("files"), 2);
  std::size_t row = 0;
  for (const auto& [capture, biflows] : captures) {
    const auto file = folder / (capture + "_MIRAGE-2019_traffic_dataset_labeled_biflows.json");
    const auto flows = parsed(file);
    EXPECT_EQ(flows.size(), biflows);
    for (const auto last = row + biflows; row < last; ++row) {
      ASSERT_LT(row, traces->size());
      const auto& biflow = flows.at(table.keys[row]);
      const auto& packets = biflow.at("packet_data");
      const auto& metadata = biflow.at("flow_metadata");
      EXPECT_EQ((*traces)[row].label(), metadata.at("BF_label").get<std::string>());
      EXPECT_EQ(table.label_source[row] == LabelSource::kExact, metadata.at("BF_labeling_type") == "exact");
      EXPECT_EQ(table.capture.names[static_cast<std::size_t>(table.capture.id[row])], capture);
      for (const auto& column : table.columns)
        EXPECT_EQ(column.values[row], metadata.at(column.name).get<double>()) << column.name;
      ASSERT_EQ(traces->packets(row), packets.at("iat").size());
      for (std::size_t i = 0; i < traces->packets(row); ++i) {
        EXPECT_EQ((*traces)[row].channel("PL")[i], packets.at("L4_payload_bytes")[i].get<float>());
        EXPECT_EQ((*traces)[row].channel("IAT")[i], static_cast<float>(packets.at("iat")[i].get<double>()));
        EXPECT_EQ((*traces)[row].channel("DIR")[i], packets.at("packet_dir")[i] == 0 ? -1.0f : 1.0f);
        EXPECT_EQ((*traces)[row].channel("WIN")[i], packets.at("TCP_win_size")[i].get<float>());
      }
    }
  }
  EXPECT_EQ(row, traces->size());
}

TEST(SampleData, ReadsWithoutDamage) {
  const auto folder = std::filesystem::path(MORGANA_SOURCE_DIR) / "data/sample";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no " << folder;
  morgana::testing::StageRunner stage(morgana_plugin(), "read.mirage-2019");
  const auto traces = stage.set("path", folder.string()).run().output<Traces>("traces");
  EXPECT_GE(traces->size(), 600u);
  EXPECT_GE(traces->class_names().size(), 6u);
  EXPECT_GE(traces->table().device.names.size(), 2u);
  for (const auto& [what, count] : traces->table().counts) {
    EXPECT_FALSE(what.starts_with("skipped: damaged")) << what;
    EXPECT_NE(what, "skipped: background");
  }
}

}  // namespace
}  // namespace morgana::mirage
