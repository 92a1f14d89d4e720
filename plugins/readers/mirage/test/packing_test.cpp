// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "release_files.hpp"
#include "stage_fixture.hpp"

namespace morgana::mirage {
namespace {

using samples::file_of;
using samples::SampleFlow;
using Packing = StageFixture;

TEST_F(Packing, ReadsFoldersAndArchivesAlike) {
  SampleFlow first, second, third;
  second.key = "192.168.20.105,1,203.0.113.7,53,17";
  third.label = "\"com.other\"";
  third.iat = "[0, 1, NaN]";
  const std::string app = std::string("com.example.app") + kSuffix;
  const std::vector<std::pair<std::string, std::string>> members{
      {"Nexus7_bc_ee_7b_a4_09_47/20_" + app, file_of({first, second, third})},
      {"Mi5_38_a4_ed_18_cc_bf/30_" + app, file_of({second})},
      {"Mi5_38_a4_ed_18_cc_bf/README.txt", "not read"},
      {"Mi5_38_a4_ed_18_cc_bf/10_com.other" + std::string(kSuffix), file_of({[&] {
         auto flow = first;
         flow.label = "\"com.other\"";
         return flow;
       }()})}};
  for (const auto& [name, text] : members) file(std::string("tree/").append(name), text);
  const auto tar = context_.root() / "release.tar.gz", zip = context_.root() / "release.zip";
  samples::write_archive(tar, samples::Packing::kTarGzip, members);
  samples::write_archive(zip, samples::Packing::kZip, members);

  const auto bytes = [&](const std::filesystem::path& path) {
    const auto traces = read(path);
    EXPECT_EQ(traces->size(), 4u);
    EXPECT_EQ(traces->table().capture.names.front(), "Mi5_38_a4_ed_18_cc_bf/10_com.other");
    EXPECT_EQ(traces->table().device.names,
              (std::vector<std::string>{"Mi5_38_a4_ed_18_cc_bf", "Nexus7_bc_ee_7b_a4_09_47"}));
    EXPECT_EQ(traces->table().device.id, (std::vector<std::int32_t>{0, 0, 1, 1}));
    EXPECT_EQ((*traces)[0].label(), "com.other");
    return saved(*traces);
  };
  const auto folder = bytes(context_.root() / "tree");
  EXPECT_TRUE(bytes(tar) == folder);
  EXPECT_TRUE(bytes(zip) == folder);
  EXPECT_TRUE(bytes(context_.root() / "tree") == folder);
  auto below_root = members;
  for (auto& [name, text] : below_root) name.insert(0, "root/");
  samples::write_archive(tar, samples::Packing::kTarGzip, below_root);
  bytes(tar);
}

TEST_F(Packing, ReadsOneCompressedFile) {
  const auto path = context_.root() / (std::string("7_com.example.app") + kSuffix + ".gz");
  samples::write_archive(path, samples::Packing::kGzip, {{"data", file_of({SampleFlow{}})}});
  const auto traces = read(path);
  EXPECT_EQ(traces->size(), 1u);
  EXPECT_EQ(traces->table().capture.names[0], "7_com.example.app");
}

TEST_F(Packing, GivesTheSameBytesOnAnyNumberOfThreads) {
  std::vector<std::pair<std::string, std::string>> members;
  for (int i = 0; i < 30; ++i) {
    std::vector<SampleFlow> flows(static_cast<std::size_t>(1 + i % 4));
    for (std::size_t k = 0; k < flows.size(); ++k)
      flows[k].key = fmt::format("192.168.20.105,{},203.0.113.7,{},6", i, k);
    if (i % 5 == 0) flows[0].iat = "[0, 1]";
    if (i % 7 == 0) flows.back().label = "\"com.other\"";
    // Two files of one name differ in nothing but their place.
    members.emplace_back(fmt::format("Mi5_38_a4_ed_18_cc_bf/{}_com.example.app{}", i % 15, kSuffix), file_of(flows));
  }
  const auto tar = context_.root() / "many.tar.gz", zip = context_.root() / "many.zip";
  samples::write_archive(tar, samples::Packing::kTarGzip, members);
  samples::write_archive(zip, samples::Packing::kZip, members);
  const auto bytes = [&](const std::filesystem::path& path, int threads) {
    stage(path).context.thread_count = threads;
    stage_->set("features", ParameterValue(true)).set("payload_bytes", 2);
    const auto traces = result();
    EXPECT_EQ(traces->table().counts.at("files"), 30);
    EXPECT_EQ(traces->table().counts.at("skipped: damaged iat"), 6);
    EXPECT_EQ(traces->table().counts.at("skipped: background"), 4);
    return saved(*traces);
  };
  const auto expected = bytes(tar, 1);
  for (const int threads : {1, 2, 3, 8}) {
    EXPECT_TRUE(bytes(tar, threads) == expected) << threads;
    EXPECT_TRUE(bytes(zip, threads) == expected) << threads;
  }
}

TEST_F(Packing, ReadsAZipOfZips) {
  name_ = "read.mirage-ccma";
  constexpr const char* kName = "_mirage2020dataset_labeled_biflows_all_packets_encryption_metadata.json";
  const auto zoom = samples::flow_ccma().set("BF_sublabel", "\"us.zoom.videomeetings\"");
  const auto inner = context_.root() / "inner.zip";
  const auto packed = [&](const std::string& name, const std::string& text) {
    samples::write_archive(inner, samples::Packing::kZip, {{name, text}});
    return testing::content_of(inner);
  };
  const auto outer = context_.root() / "MIRAGE-COVID-CCMA-2022.zip";
  samples::write_archive(
      outer, samples::Packing::kZip,
      {{"MIRAGE-COVID-CCMA-2022/Raw_JSON/Slack.zip",
        packed(std::string("Slack/1619005751_com.Slack") + kName, samples::file_of({samples::flow_ccma()}))},
       {"MIRAGE-COVID-CCMA-2022/Raw_JSON/Zoom.zip",
        packed(std::string("Zoom/1619005752_us.zoom.videomeetings") + kName, samples::file_of({zoom}))},
       {"MIRAGE-COVID-CCMA-2022/Preprocessed_pickle/a.pickle", "not read"}});
  for (const int threads : {1, 2}) {
    stage(outer).context.thread_count = threads;
    const auto traces = result();
    EXPECT_EQ(traces->class_names(), (std::vector<std::string>{"com.Slack", "us.zoom.videomeetings"}));
    EXPECT_EQ(traces->table().capture.names,
              (std::vector<std::string>{"Slack/1619005751_com.Slack", "Zoom/1619005752_us.zoom.videomeetings"}));
    EXPECT_EQ(traces->table().device.names, std::vector<std::string>{"aa:bb:cc:dd:ee:ff"});
  }
}

TEST_F(Packing, NamesHowABombIsTrusted) {
  SampleFlow flow;
  flow.raw = "[[" + std::string(4 << 20, ' ') + "]]";
  const auto path = context_.root() / (std::string("7_com.example.app") + kSuffix + ".gz");
  samples::write_archive(path, samples::Packing::kGzip, {{"data", file_of({flow})}});
  EXPECT_EQ(error(stage(path).set("inflate_ratio", 3.0)),
            path.string() +
                " inflates to more than 3 times its size; where the file can be trusted, raise inflate_ratio or "
                "inflate_total, or unpack it and name the folder");
  EXPECT_EQ(read(path)->size(), 1u);
  EXPECT_EQ(error(stage(path).set("inflate_total", 0.001)),
            path.string() +
                ": more than 1000000 bytes were inflated in all; where the file can be trusted, raise inflate_ratio or "
                "inflate_total, or unpack it and name the folder");
}

TEST_F(Packing, CountsWhatIsLeftOutOfAnArchive) {
  const auto zip = context_.root() / "a.zip";
  samples::write_archive(zip, samples::Packing::kZip,
                         {{std::string("../7_com.example.app") + kSuffix, file_of({SampleFlow{}})},
                          {std::string("a/7_com.example.app") + kSuffix, file_of({SampleFlow{}})}});
  const auto traces = read(zip);
  EXPECT_EQ(traces->size(), 1u);
  EXPECT_EQ(traces->table().counts.at("skipped: path with .. in an archive"), 1);
  EXPECT_NE(traces->table().notes.at("skipped: path with .. in an archive").find("a.zip:../7_com.example.app"),
            std::string::npos);
  ASSERT_EQ(stage_->context.messages.size(), 3u);
  EXPECT_EQ(stage_->context.messages[1], "left out: path with .. in an archive (1)");
  EXPECT_NE(stage_->context.messages[2].find("path with .."), std::string::npos);
}

}  // namespace
}  // namespace morgana::mirage
