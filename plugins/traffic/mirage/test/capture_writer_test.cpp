// SPDX-License-Identifier: Apache-2.0
#include "mirage/capture_writer.hpp"

#include <cmath>
#include <random>

#include "morgana/error.hpp"
#include "oracle.hpp"
#include "packets/documentation.hpp"

namespace morgana::mirage_format {
namespace {

BiflowDocument small_document() {
  BiflowDocument biflow;
  biflow.key = "192.168.20.105,40001,203.0.113.7,443,6";
  biflow.client_port = 40001;
  biflow.server_port = 443;
  auto& packets = biflow.packets;
  packets.direction = {0, 1, 0};
  packets.payload_bytes = {0, 3, 1};
  packets.seconds_since_previous = {0, 0.0304, 1e-5};
  packets.window = {65535, 26847, 0};
  packets.payload = {22, 0, 255, 7};
  packets.payload_ends = {0, 3, 4};
  packets.unix_seconds = {1619005751.25, 1619005751.2804, 1619005751.28041};
  packets.ip_bytes = {60, 55, 53};
  packets.ip_header_bytes = {20, 20, 20};
  packets.transport_header_bytes = {40, 32, 32};
  packets.flags = {2, 18, 24};
  FlowSeries series;
  series.lengths = {{{60, 53}, {55}}};
  series.gaps[0] = {0.03041};
  biflow.features = flow_features(series);
  biflow.both = {3, 168, 4, 0.03041};
  biflow.up = {2, 113, 1, 0.03041};
  biflow.down = {1, 55, 3, 0};
  biflow.up_options = {1460, 256};
  biflow.truth.label = "com.example.app";
  biflow.truth.labeling_type = LabelSource::kExact;
  biflow.truth.sublabel = "com.example.app:push";
  biflow.truth.source = "netstat";
  biflow.truth.device = "aa:bb:cc:dd:ee:ff";
  return biflow;
}

class WriteCapture : public FolderTest {
 protected:
  std::string written(Release release, const std::vector<BiflowDocument>& biflows) {
    const auto file = folder_ / "capture.json";
    CaptureWriter writer(file, release);
    for (const auto& biflow : biflows) writer.add(biflow);
    writer.finish();
    return content(file);
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
  }
};

TEST_F(WriteCapture, As2019) {
  const auto text = written(Release::k2019, {small_document()});
  const std::string packet_data =
      R"({"192.168.20.105,40001,203.0.113.7,443,6": {"packet_data": {"src_port": [40001, 443, 40001], )"
      R"("dst_port": [443, 40001, 443], "packet_dir": [0, 1, 0], "L4_payload_bytes": [0, 3, 1], )"
      R"("iat": [0, 0.0304, 1e-05], "TCP_win_size": [65535, 26847, 0], "L4_raw_payload": [[], [22, 0, 255], [7]]}, )"
      R"("flow_features": {"packet_length": {"biflow": {"min": 53.0, "max": 60.0, "mean": 56.0, )";
  const std::string metadata =
      R"("flow_metadata": {"BF_label": "com.example.app", "BF_labeling_type": "exact", "BF_num_packets": 3, )"
      R"("BF_IP_packet_bytes": 168, "BF_L4_payload_bytes": 4, "BF_duration": 0.03041, "UF_num_packets": 2, )"
      R"("UF_IP_packet_bytes": 113, "UF_L4_payload_bytes": 1, "UF_duration": 0.03041, "DF_num_packets": 1, )"
      R"("DF_IP_packet_bytes": 55, "DF_L4_payload_bytes": 3, "DF_duration": 0.0}}})";
  EXPECT_EQ(text.substr(0, packet_data.size()), packet_data);
  EXPECT_EQ(text.substr(text.size() - metadata.size()), metadata);
  EXPECT_NE(text.find(R"("iat": {"biflow": {"min": 0.03041, )"), std::string::npos);
  EXPECT_NE(text.find(R"("downstream_flow": {"min": NaN, "max": NaN, )"), std::string::npos);
  EXPECT_EQ(files(), 1u);
}

TEST_F(WriteCapture, AsLaterReleases) {
  const std::string packet_data =
      R"("packet_data": {"timestamp": [1619005751.25, 1619005751.2804, 1619005751.28041], )"
      R"("src_port": [40001, 443, 40001], "dst_port": [443, 40001, 443], "packet_dir": [0, 1, 0], )"
      R"("IP_packet_bytes": [60, 55, 53], "IP_header_bytes": [20, 20, 20], "L4_payload_bytes": [0, 3, 1], )"
      R"("L4_header_bytes": [40, 32, 32], "iat": [0, 0.0304, 1e-05], "TCP_win_size": [65535, 26847, 0], )"
      R"("TCP_flags": ["S", "SA", "PA"], "L4_raw_payload": [[], [22, 0, 255], [7]])";
  const std::string verdicts =
      R"(, "is_clear": [null, null, null], "heuristic": [null, null, null], "annotations": [null, null, null])";
  const std::string metadata =
      R"("flow_metadata": {"BF_device": "aa:bb:cc:dd:ee:ff", "BF_label_source": "netstat", )"
      R"("BF_label": "com.example.app", "BF_sublabel": "com.example.app:push", "BF_label_version_code": null, )"
      R"("BF_label_version_name": null, "BF_labeling_type": "exact", "BF_num_packets": 3, )"
      R"("BF_IP_packet_bytes": 168, "BF_L4_payload_bytes": 4, "BF_duration": 0.03041, "UF_num_packets": 2, )"
      R"("UF_IP_packet_bytes": 113, "UF_L4_payload_bytes": 1, "UF_duration": 0.03041, "UF_MSS": 1460.0, )"
      R"("UF_WS": 256.0, "DF_num_packets": 1, "DF_IP_packet_bytes": 55, "DF_L4_payload_bytes": 3, )"
      R"("DF_duration": 0.0, "DF_MSS": NaN, "DF_WS": NaN)";
  const auto video = written(Release::kVideo, {small_document()});
  EXPECT_NE(video.find(packet_data + "}, \"flow_features\""), std::string::npos) << video;
  EXPECT_NE(video.find(metadata + "}}}"), std::string::npos) << video;
  const auto ccma = written(Release::kCcma, {small_document()});
  EXPECT_NE(ccma.find(packet_data + verdicts + "}, \"flow_features\""), std::string::npos) << ccma;
  EXPECT_NE(ccma.find(metadata + ", \"BF_activity\": null}}}"), std::string::npos) << ccma;
  EXPECT_EQ(ccma, written(Release::kAppxAct, {small_document()}));
}

TEST_F(WriteCapture, ListsThirtyTwoPacketsIn2019) {
  auto biflow = small_document();
  auto& packets = biflow.packets;
  packets = {};
  packets.direction.assign(40, 1);
  packets.payload_bytes.assign(40, 0);
  packets.seconds_since_previous.assign(40, 0.5);
  packets.window.assign(40, 1);
  biflow.down.packets = biflow.both.packets = 40;
  biflow.up = {};
  const auto text = written(Release::k2019, {biflow});
  std::string ones = "\"packet_dir\": [1";
  for (int i = 1; i < 32; ++i) ones += ", 1";
  EXPECT_NE(text.find(ones + "]"), std::string::npos);
  EXPECT_NE(text.find("\"BF_num_packets\": 40"), std::string::npos);
  EXPECT_NE(text.find("\"UF_duration\": 0, "), std::string::npos);  // an integer: there is no packet
}

TEST_F(WriteCapture, WithoutBiflowsIsAnEmptyObject) { EXPECT_EQ(written(Release::k2019, {}), "{}"); }

TEST_F(WriteCapture, LeavesNothingUnlessFinished) {
  {
    CaptureWriter writer(folder_ / "capture.json", Release::k2019);
    writer.add(small_document());
    EXPECT_EQ(files(), 1u);
  }
  EXPECT_EQ(files(), 0u);
}

TEST_F(WriteCapture, NamesWhatIsWrong) {
  auto biflow = small_document();
  biflow.packets.window.pop_back();
  try {
    written(Release::k2019, {biflow});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "biflow 192.168.20.105,40001,203.0.113.7,443,6 has 3 directions, but 2 values of TCP_win_size");
  }
  try {
    CaptureWriter writer(folder_ / "none" / "capture.json", Release::k2019);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "cannot write " + (folder_ / "none" / "capture.json").string() + ": No such file or directory");
  }
  std::filesystem::create_directories(folder_ / "capture.json" / "full");
  EXPECT_THROW(written(Release::k2019, {}), Error);
  EXPECT_EQ(files(), 1u);  // no partial file is left
}

/// Anything that the structure can hold.
BiflowDocument random_document(std::mt19937_64& random, std::uint64_t number, std::uint64_t packets_at_least = 0) {
  const auto below = [&](std::uint64_t end) { return random() % end; };
  BiflowDocument biflow;
  biflow.key = packets::documentation_key(number, number % 2 ? 6 : 17,
                                          number % 5 == 0 ? packets::IpVersion::k6 : packets::IpVersion::k4, 443)
                   .text();
  const auto count = packets_at_least + below(70);
  auto& packets = biflow.packets;
  FlowSeries series;
  for (std::size_t i = 0; i < count; ++i) {
    packets.direction.push_back(static_cast<std::uint8_t>(below(2)));
    packets.payload_bytes.push_back(static_cast<std::uint32_t>(below(1461)));
    packets.seconds_since_previous.push_back(std::lognormal_distribution<double>(-5, 4)(random));
    packets.window.push_back(static_cast<std::uint16_t>(below(65536)));
    packets.unix_seconds.push_back(1.6e9 + static_cast<double>(below(1 << 30)) / (1 << 22));
    packets.ip_bytes.push_back(packets.payload_bytes.back() + 52);
    packets.ip_header_bytes.push_back(20);
    packets.transport_header_bytes.push_back(32);
    packets.flags.push_back(static_cast<std::uint8_t>(below(256)));
    for (auto byte = below(40); byte > 0; --byte) packets.payload.push_back(static_cast<std::uint8_t>(below(256)));
    if (i < 20) packets.payload_ends.push_back(packets.payload.size());
    series.lengths[packets.direction.back()].push_back(packets.ip_bytes.back());
    if (i > 2) series.gaps[packets.direction.back()].push_back(packets.seconds_since_previous.back());
  }
  biflow.features = flow_features(series);
  biflow.both = {count, below(1u << 30), below(1u << 30), std::exponential_distribution<double>(0.01)(random)};
  biflow.up = {below(2), below(100), below(100), 1e-7};
  biflow.down = {below(2), below(100), below(100), 1e17};
  if (below(2)) biflow.up_options = {1460, 128};
  const std::string labels[]{"com.example.app", "a \"quoted\" \\ name", "b\xC3\xA9ta \xF0\x9F\x98\x80", "\n\t\x01", ""};
  if (below(4)) biflow.truth.label = labels[below(5)];
  if (below(2)) biflow.truth.activity = "videocall";
  biflow.truth.labeling_type = static_cast<LabelSource>(below(3));
  return biflow;
}

using WriteCaptureOracle = OracleTest;

TEST_F(WriteCaptureOracle, GivesTheBytesOfPythonsJson) {
  std::mt19937_64 random(5);
  std::uint64_t number = 0;
  // Lists longer than what is gathered before it is written.
  CaptureWriter long_lists(folder_ / "long.json", Release::kCcma);
  for (int i = 0; i < 2; ++i) long_lists.add(random_document(random, number++, 150000));
  long_lists.finish();
  for (const auto release : {Release::k2019, Release::kVideo, Release::kCcma, Release::kAppxAct}) {
    CaptureWriter writer(folder_ / fmt::format("{}.json", static_cast<int>(release)), release);
    for (int i = 0; i < 300; ++i) writer.add(random_document(random, number++));
    writer.finish();
  }
  EXPECT_TRUE(python(R"(
import json, pathlib, sys
files = sorted(pathlib.Path(sys.argv[1]).glob("*.json"))
assert len(files) == 5, files
for file in files:
    text = file.read_text()
    biflows = json.loads(text)
    assert len(biflows) == (2 if file.stem == 'long' else 300)
    assert json.dumps(biflows) == text, file
    longest = max(len(b["packet_data"]["iat"]) for b in biflows.values())
    assert longest == 32 if file.stem == "0" else longest > 32
    for biflow in biflows.values():
        data = biflow["packet_data"]
        assert len({len(values) for values in data.values()}) == 1
        assert all(type(data["iat"][i]) is (int if i == 0 else float) for i in range(len(data["iat"])))
        assert [len(f) for s in biflow["flow_features"].values() for f in s.values()] == [17] * 6
)",
                     folder_));
}

}  // namespace
}  // namespace morgana::mirage_format
