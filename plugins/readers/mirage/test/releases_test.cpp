// SPDX-License-Identifier: Apache-2.0
// The formats of the releases after 2019, of which no genuine file was at hand: what the documented schema says, and
// what it leaves open.
#include <gtest/gtest.h>

#include <cmath>

#include "release_files.hpp"
#include "stage_fixture.hpp"
#include "tcp_flags.hpp"

namespace morgana::mirage {
namespace {

using samples::file_of;
using samples::ReleaseFlow;

constexpr const char* kLaterSuffix = "_mirage2020dataset_labeled_biflows_all_packets_encryption_metadata.json";

class Releases : public StageFixture {
 protected:
  Releases() : StageFixture("read.mirage-ccma") {}
  std::filesystem::path flows(const std::vector<ReleaseFlow>& flows) {
    return file(std::string("data/1619005751_com.Slack") + kLaterSuffix, file_of(flows));
  }
  /// Reads flows with all channels of the release, or those given.
  std::shared_ptr<const Traces> read_all(const std::vector<ReleaseFlow>& of, std::vector<std::string> channels = {}) {
    if (channels.empty()) channels = {"PL", "IAT", "DIR", "WIN", "TIME", "IPLEN", "IPHL", "L4HL", "FLAGS"};
    stage(flows(of)).set("channels", channels);
    return result();
  }
};

TEST_F(Releases, ReadEveryChannelAndColumn) {
  for (const auto& [stage_name, flow, label] :
       {std::tuple{"read.mirage-video", samples::flow_video(), "com.netflix.mediaclient"},
        {"read.mirage-ccma", samples::flow_ccma(), "com.Slack"},
        {"read.mirage-appxact", samples::flow_appxact(), "com.discord"}}) {
    name_ = stage_name;
    const auto traces = read_all({flow});
    ASSERT_EQ(traces->size(), 1u);
    EXPECT_EQ((*traces)[0].label(), label);
    EXPECT_EQ(values(*traces, "PL"), (std::vector<float>{0, 0, 0, 1448}));
    EXPECT_EQ(values(*traces, "IAT"), (std::vector<float>{0, 0.25f, 0, 2}));
    EXPECT_EQ(values(*traces, "DIR"), (std::vector<float>{-1, 1, -1, 1}));
    EXPECT_EQ(values(*traces, "WIN"), (std::vector<float>{65535, 28960, 343, 235}));
    EXPECT_EQ(values(*traces, "TIME"), (std::vector<float>{0, 0.25f, 0.25f, 2.25f}));
    EXPECT_EQ(values(*traces, "IPLEN"), (std::vector<float>{60, 60, 52, 1500}));
    EXPECT_EQ(values(*traces, "IPHL"), (std::vector<float>{20, 20, 20, 20}));
    EXPECT_EQ(values(*traces, "L4HL"), (std::vector<float>{40, 40, 32, 32}));
    EXPECT_EQ(values(*traces, "FLAGS"), (std::vector<float>{2, 18, 16, 24}));
    EXPECT_EQ(column(*traces, "start"), 1619005751.25);
    double number = 100;
    for (const auto name : kMetadataNames)
      if (is_transport_option(name) && name.starts_with("DF")) {
        EXPECT_TRUE(std::isnan(column(*traces, std::string(name))));
      } else {
        EXPECT_EQ(column(*traces, std::string(name)), number++) << name;
      }
    EXPECT_EQ(traces->table().columns.size(), 17u);
    EXPECT_EQ(traces->table().device.names, std::vector<std::string>{"aa:bb:cc:dd:ee:ff"});
    EXPECT_EQ(traces->table().capture.names, std::vector<std::string>{"1619005751_com.Slack"});
    EXPECT_EQ(traces->table().label_source, std::vector<LabelSource>{LabelSource::kExact});
    EXPECT_EQ(traces->table().payload.offsets.size(), 0u);
  }
}

TEST_F(Releases, ReadTheStatisticsOfWholeBiflows) {
  auto without = samples::flow_ccma();
  const auto text = "{" + samples::flow_ccma().text() +
                    ", \"b\": {\"packet_data\": " + without.text().substr(without.text().find("{\"timestamp"));
  const auto end = text.find("\"flow_features\"", text.find("\"b\":")), next = text.find("\"flow_metadata\"", end);
  stage(file("a.json", text.substr(0, end) + text.substr(next) + "}"));
  stage_->set("features", ParameterValue(true));
  const auto traces = result();
  ASSERT_EQ(traces->size(), 2u);
  const auto& columns = traces->table().columns;
  ASSERT_EQ(columns.size(), 17u + 102);
  EXPECT_EQ(columns[17].name, "packet_length.biflow.min");
  EXPECT_EQ(columns[17].unit, "bytes");
  EXPECT_EQ(columns[21].name, "packet_length.biflow.var");
  EXPECT_EQ(columns[21].unit, "bytes^2");
  EXPECT_EQ(columns[17 + 101].name, "iat.downstream_flow.90_percentile");
  EXPECT_EQ(columns[17 + 101].unit, "s");
  for (std::size_t i = 0; i < 101; ++i) EXPECT_EQ(columns[17 + i].values[0], static_cast<double>(i) + 0.5);
  EXPECT_TRUE(std::isnan(columns[17 + 101].values[0]));
  EXPECT_TRUE(std::isnan(columns[17].values[1]));
}

TEST_F(Releases, KeepPayloadBytesWhereTheFileHasThem) {
  auto shorter = samples::flow_ccma(), longer = samples::flow_ccma(), absent = samples::flow_ccma();
  shorter.set("L4_payload_bytes", "[5, 3, 0, 1448]").set("L4_raw_payload", "[[1, 2, 3, 4, 5], null]");
  longer.set("L4_raw_payload", "[[], [], [], [9], [255, 255]]");
  absent.erase("L4_raw_payload");
  stage(flows({samples::flow_ccma(), shorter, longer, absent})).set("payload_bytes", 3);
  const auto traces = result();
  const auto& payload = traces->table().payload;
  EXPECT_EQ(payload.bytes, (std::vector<std::uint8_t>{22, 3, 1, 1, 2, 3, 9}));
  EXPECT_EQ(payload.offsets, (std::vector<std::uint64_t>{0, 0, 0, 0, 3, 6, 6, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7}));
  EXPECT_EQ(traces->payload(3).size(), 3u);
  // Of the second biflow's packets two, of the others' one has less than was asked for and there was.
  EXPECT_EQ(traces->table().counts.at("packets without all their payload bytes"), 4);

  stage(flows({shorter})).set("payload_bytes", 100).set("zero_payload", "drop").set("packets", 2);
  const auto dropped = result();
  EXPECT_EQ(values(*dropped, "PL"), (std::vector<float>{5, 3}));
  EXPECT_EQ(dropped->table().payload.bytes, (std::vector<std::uint8_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(dropped->table().payload.offsets, (std::vector<std::uint64_t>{0, 5, 5}));

  for (const char* damaged :
       {"[[256]]", "[[-1]]", "[[1.5]]", "[[1, ]]", "[[1 2]]", "[[01]]", "[\"a\"]", "[[[1]]]", "5"}) {
    auto flow = samples::flow_ccma();
    stage(flows({samples::flow_ccma(), flow.set("L4_raw_payload", damaged)})).set("payload_bytes", 3);
    const auto left = result();
    EXPECT_EQ(left->size(), 1u) << damaged;
    EXPECT_EQ(left->table().counts.at("skipped: damaged L4_raw_payload"), 1) << damaged;
    // Where nobody asks for it, it does not matter.
    EXPECT_EQ(read(flows({flow}))->size(), 1u);
  }
}

TEST_F(Releases, TakeNullAndNothingForWindowAndFlagsOfUdp) {
  auto flow = samples::flow_ccma();
  flow.key = "192.168.20.111,50000,203.0.113.9,3478,17";
  for (const char* window : {"[0, 0, 0, 0]", "[null, NaN, 0, null]", "[]", ""})
    for (const char* flags : {"[\"\", \"\", \"\", \"\"]", "[null, null, \"\", null]", "[]", ""}) {
      auto udp = flow;
      *window != '\0' ? udp.set("TCP_win_size", window) : udp.erase("TCP_win_size");
      *flags != '\0' ? udp.set("TCP_flags", flags) : udp.erase("TCP_flags");
      const auto traces = read_all({udp}, {"WIN", "FLAGS"});
      EXPECT_EQ(values(*traces, "WIN"), (std::vector<float>{0, 0, 0, 0})) << window;
      EXPECT_EQ(values(*traces, "FLAGS"), (std::vector<float>{0, 0, 0, 0})) << flags;
    }
  // A TCP biflow has them.
  auto tcp = samples::flow_ccma();
  EXPECT_EQ(read_all({samples::flow_ccma(), tcp.set("TCP_win_size", "[1, null, 2, 3]")}, {"WIN"})
                ->table()
                .counts.at("skipped: damaged TCP_win_size"),
            1);
}

TEST_F(Releases, CountDamageByField) {
  const std::vector<std::pair<std::string, std::string>> damages{{"IP_packet_bytes", "[60, 60, 52]"},
                                                                 {"IP_header_bytes", "[20, 20, 20, null]"},
                                                                 {"L4_header_bytes", "[20, 20, 20, -1]"},
                                                                 {"TCP_flags", "[\"S\", \"Z\", \"A\", \"A\"]"},
                                                                 {"TCP_flags", "[2, 18, 16, 24]"},
                                                                 {"TCP_flags", "[\"S\", null, \"A\", \"A\"]"},
                                                                 {"timestamp", "\"never\""},
                                                                 {"BF_duration", "\"long\""},
                                                                 {"BF_sublabel", "7"},
                                                                 {"iat", "[0, 0.5, NaN, 1]"},
                                                                 {"BF_activity", "[]"},
                                                                 {"UF_MSS", "[1460]"}};
  for (const auto& [field, text] : damages) {
    auto flow = samples::flow_ccma();
    const auto traces = read_all({samples::flow_ccma(), flow.set(field, text)});
    EXPECT_EQ(traces->size(), 1u) << field << text;
    EXPECT_EQ(traces->table().counts.at("skipped: damaged " + field), 1) << text;
    EXPECT_NE(traces->table()
                  .notes.at("skipped: damaged " + field)
                  .find("1619005751_com.Slack" + std::string(kLaterSuffix) +
                        " biflow 192.168.20.111,50000,203.0.113.9,443,6: " + field + ": "),
              std::string::npos);
  }
  for (const char* missing : {"IP_packet_bytes", "TCP_flags", "TCP_win_size", "iat"}) {
    auto flow = samples::flow_ccma();
    const auto traces = read_all({samples::flow_ccma(), flow.erase(missing)});
    EXPECT_EQ(traces->table().counts.at(std::string("skipped: damaged ") + missing), 1);
    // Nobody misses what nobody asks for.
    EXPECT_EQ(read_all({flow}, {"DIR"})->size(), 1u);
  }
}

TEST_F(Releases, DoWithoutWhatIsOptional) {
  auto flow = samples::flow_ccma();
  for (const char* name : {"timestamp", "src_port", "dst_port", "is_clear", "heuristic", "annotations", "BF_device",
                           "BF_label_source", "BF_labeling_type", "UF_MSS", "UF_WS", "BF_duration"})
    flow.erase(name);
  flow.set("DF_MSS", "null").set("DF_WS", "\"None\"").set("BF_num_packets", "4.0");
  const auto path =
      file(std::string("Zoom/1670836390_1e:65:95:7e:34:0b_us.zoom.videomeetings") + kLaterSuffix, file_of({flow}));
  const auto traces = read(path.parent_path().parent_path() / "Zoom");
  ASSERT_EQ(traces->size(), 1u);
  for (const char* name : {"start", "UF_MSS", "UF_WS", "DF_MSS", "DF_WS", "BF_duration"})
    EXPECT_TRUE(std::isnan(column(*traces, name))) << name;
  EXPECT_EQ(column(*traces, "BF_num_packets"), 4);
  EXPECT_EQ(traces->table().label_source[0], LabelSource::kUnknown);
  // The folder of these releases names the app, so it is no device.
  EXPECT_EQ(traces->table().device.names, std::vector<std::string>{"1e:65:95:7e:34:0b"});
}

TEST_F(Releases, ReadFieldsInAnyOrder) {
  auto flow = samples::flow_ccma();
  std::reverse(flow.packets.begin(), flow.packets.end());
  std::reverse(flow.metadata.begin(), flow.metadata.end());
  const auto usual = read_all({samples::flow_ccma()}), turned = read_all({flow});
  EXPECT_TRUE(saved(*usual) == saved(*turned));
}

TEST(TcpFlags, AddsLetters) {
  EXPECT_EQ(tcp_flags(""), 0);
  EXPECT_EQ(tcp_flags("FSRPAUEC"), 255);
  EXPECT_EQ(tcp_flags("SPA"), 26);
  EXPECT_EQ(tcp_flags("SAN"), 18);
  EXPECT_EQ(tcp_flags("SS"), 2);
  EXPECT_EQ(tcp_flags("s"), std::nullopt);
}

}  // namespace
}  // namespace morgana::mirage
