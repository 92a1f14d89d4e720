// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "../../pcap/test/packet_bytes.hpp"
#include "morgana/metrics.hpp"
#include "morgana/testing.hpp"
#include "morgana/traces.hpp"

namespace morgana::mirage_builder {
namespace {

using namespace pcap::bytes;
using morgana::testing::StageRunner;

constexpr std::int64_t kSecond = 1'000'000'000, kStart = 1'600'000'000 * kSecond;
constexpr Ipv4Address kOther{203, 0, 113, 9};

Bytes up(std::uint16_t port, const Ipv4Address& server, std::size_t payload) {
  return ethernet(ipv4(kPhone, server, 6, tcp(port, 443, 0x18, 500, filler(payload))));
}
Bytes down(std::uint16_t port, const Ipv4Address& server, std::size_t payload) {
  return ethernet(ipv4(server, kPhone, 6, tcp(443, port, 0x10, 600, filler(payload))));
}

/// Three connections: one in the log, one to the same server that is not, one to a server nobody knows.
std::vector<Timed> session() {
  std::vector<Timed> packets;
  for (int i = 0; i < 40; ++i)
    packets.push_back({kStart + i * 10'000'000, i % 3 == 0 ? up(40001, kServer, 100) : down(40001, kServer, 1400)});
  packets.push_back({kStart + kSecond, up(40002, kServer, 10)});
  packets.push_back({kStart + kSecond + 5, up(40003, kOther, 20)});
  return packets;
}

const char* const kLog =
    "# morgana sockets 1\n"
    "time\tevent\tprotocol\tlocal\tremote\tpid\tuid\tprocess\n"
    "1600000000.100\topen\ttcp\t192.168.20.105:40001\t203.0.113.7:443\t12\t10054\torg.example.app:remote\n"
    "1600000000.200\topen\ttcp\t192.168.20.105:50000\t203.0.113.50:443\t13\t10055\torg.example.other\n"
    "1600000000.300\topen\ttcp\t192.168.20.105:50001\t203.0.113.51:443\t13\t10055\torg.example.other\n";

class BuildMirage : public ::testing::Test {
 protected:
  std::filesystem::path folder() const { return context_.root(); }
  void record(const char* log) const {
    write(
        folder() / "captures/phone_02_00_00_00_00_0a/1600000000_org.example.app.pcapng",
        section(Order::kLittle) + interface(1, Order::kLittle, option(9, {9}, Order::kLittle)) + [] {
          Bytes blocks;
          for (const auto& packet : session())
            blocks = blocks + enhanced(0, static_cast<std::uint64_t>(packet.nanoseconds), packet.bytes, Order::kLittle);
          return blocks;
        }());
    if (log != nullptr)
      std::ofstream(folder() / "captures/phone_02_00_00_00_00_0a/1600000000_org.example.app.sockets") << log;
  }
  nlohmann::json json_of(const std::filesystem::path& file) const {
    std::ifstream in(folder() / "dataset" / file, std::ios::binary);
    EXPECT_TRUE(in) << file;
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return nlohmann::json::parse(std::regex_replace(text, std::regex("NaN"), "null"));
  }
  morgana::testing::TestContext context_;
};

struct Builder : StageRunner {
  explicit Builder(const std::filesystem::path& folder) : StageRunner(morgana_plugin(), "build.mirage") {
    set("captures", (folder / "captures").c_str()).set("path", (folder / "dataset").c_str());
  }
};

TEST_F(BuildMirage, LabelsBiflowsByTheSocketLog) {
  record(kLog);
  Builder builder(folder());
  builder.run();
  const auto file =
      json_of("phone_02_00_00_00_00_0a/1600000000_org.example.app_MIRAGE-2019_traffic_dataset_labeled_biflows.json");
  ASSERT_EQ(file.size(), 3u);
  const auto& exact = file.at("192.168.20.105,40001,203.0.113.7,443,6");
  EXPECT_EQ(exact["flow_metadata"]["BF_label"], "org.example.app");
  EXPECT_EQ(exact["flow_metadata"]["BF_labeling_type"], "exact");
  EXPECT_EQ(exact["flow_metadata"]["BF_num_packets"], 40);
  EXPECT_EQ(exact["flow_metadata"]["UF_L4_payload_bytes"], 1400);
  EXPECT_EQ(exact["packet_data"]["packet_dir"].size(), 32u) << "MIRAGE-2019 lists the first 32 packets";
  EXPECT_EQ(exact["packet_data"]["iat"][0], 0);
  EXPECT_NEAR(exact["packet_data"]["iat"][1].get<double>(), 0.01, 1e-6);
  EXPECT_EQ(exact["packet_data"]["L4_raw_payload"][0].size(), 0u) << "no payload is kept unless asked for";
  EXPECT_EQ(exact["flow_features"]["packet_length"]["upstream_flow"]["mean"], 140.0);
  EXPECT_EQ(exact["flow_features"]["packet_length"]["downstream_flow"]["max"], 1440.0);
  const auto& same_server = file.at("192.168.20.105,40002,203.0.113.7,443,6");
  EXPECT_EQ(same_server["flow_metadata"]["BF_label"], "org.example.app");
  EXPECT_EQ(same_server["flow_metadata"]["BF_labeling_type"], "most-common");
  const auto& unknown = file.at("192.168.20.105,40003,203.0.113.9,443,6");
  EXPECT_EQ(unknown["flow_metadata"]["BF_label"], "org.example.other") << "most sockets of the session";

  const auto traces = builder.output<Traces>("traces");
  ASSERT_EQ(traces->size(), 3u);
  EXPECT_EQ(traces->class_names(), (std::vector<std::string>{"org.example.app", "org.example.other"}));
  EXPECT_EQ(traces->table().label_source,
            (std::vector{LabelSource::kExact, LabelSource::kMostCommon, LabelSource::kMostCommon}));
  EXPECT_EQ(traces->table().counts.at("labelled by 5-tuple"), 1);
  EXPECT_EQ(traces->table().device.names, std::vector<std::string>{"phone_02_00_00_00_00_0a"});
  const auto metrics = builder.output<Metrics>("accounting");
  ASSERT_EQ(metrics->metrics.size(), 3u);
  EXPECT_EQ(metrics->metrics[0].tags.at("by"), "5-tuple");
  EXPECT_DOUBLE_EQ(metrics->metrics[0].value, 1.0 / 3);
  std::ifstream side(folder() / "dataset/build.jsonl");
  std::string line;
  std::getline(side, line);
  EXPECT_EQ(nlohmann::json::parse(line)["labelled_by"]["server and port"], 1);
}

TEST_F(BuildMirage, LabelsByTheCapturesNameWhereTheLogKnowsNoProcess) {
  const std::string head =
      "# morgana sockets 1\n"
      "time\tevent\tprotocol\tlocal\tremote\tpid\tuid\tprocess\n";
  const auto without = head + "1600000000.100\topen\ttcp\t192.168.20.105:40001\t203.0.113.7:443\t-\t0\t-\n";
  for (const std::string& log : {without, head, std::string(), std::string("no log\n")}) {
    record(log.c_str());
    Builder builder(folder());
    builder.run();
    const auto traces = builder.output<Traces>("traces");
    EXPECT_EQ(traces->class_names(), std::vector<std::string>{"org.example.app"}) << log;
    EXPECT_EQ(traces->size(), 3u) << log;
    EXPECT_EQ(traces->table().counts.at("labelled by name of the capture"), 3) << log;
    EXPECT_EQ(traces->table().counts.contains("skipped: socket log that cannot be read"), !log.starts_with("#")) << log;
  }
}

TEST_F(BuildMirage, WritesTheLaterReleases) {
  record(kLog);
  Builder builder(folder());
  builder.set("release", "ccma").set("payload_bytes", 3).run();
  const auto file = json_of(
      "org.example.app/"
      "1600000000_org.example.app_mirage2020dataset_labeled_biflows_all_packets_encryption_metadata.json");
  const auto& exact = file.at("192.168.20.105,40001,203.0.113.7,443,6");
  EXPECT_EQ(exact["packet_data"]["TCP_flags"][0], "PA");
  EXPECT_EQ(exact["packet_data"]["timestamp"][0], 1.6e9);
  EXPECT_EQ(exact["packet_data"]["IP_packet_bytes"].size(), 40u);
  EXPECT_EQ(exact["packet_data"]["L4_raw_payload"][0], (nlohmann::json{1, 2, 3}));
  EXPECT_EQ(exact["flow_metadata"]["BF_sublabel"], "org.example.app:remote");
  EXPECT_EQ(exact["flow_metadata"]["BF_label_source"], "morgana");
  EXPECT_EQ(exact["flow_metadata"]["BF_device"], "phone_02_00_00_00_00_0a");
  EXPECT_EQ(exact["flow_metadata"]["BF_activity"], nullptr);
  EXPECT_EQ(builder.output<Traces>("traces")->table().payload.bytes.size(), (32u + 2u) * 3u);
}

TEST_F(BuildMirage, SaysWhereTheLabelIsTheCapturesName) {
  record(nullptr);
  Builder builder(folder());
  builder.run();
  const auto traces = builder.output<Traces>("traces");
  EXPECT_EQ(traces->class_names(), std::vector<std::string>{"org.example.app"});
  EXPECT_EQ(traces->table().counts.at("labelled by name of the capture"), 3);
  EXPECT_EQ(traces->table().notes.at("skipped: no socket log: labelled by the capture's name"),
            "phone_02_00_00_00_00_0a/1600000000_org.example.app.pcapng");
}

TEST_F(BuildMirage, KnowsWhichAppAProcessIsOf) {
  record(kLog);
  Builder builder(folder());
  builder.set("apps", std::vector<std::string>{"org.example.other=*", "org.example.app:remote=browser"}).run();
  const auto file =
      json_of("phone_02_00_00_00_00_0a/1600000000_org.example.app_MIRAGE-2019_traffic_dataset_labeled_biflows.json");
  EXPECT_EQ(file.at("192.168.20.105,40001,203.0.113.7,443,6")["flow_metadata"]["BF_label"], "browser");
  EXPECT_EQ(file.at("192.168.20.105,40003,203.0.113.9,443,6")["flow_metadata"]["BF_label"], "org.example.app");
  for (const auto* wrong : {"firefox", "=x", "firefox="}) {
    Builder other(folder());
    EXPECT_THROW(other.set("apps", std::vector<std::string>{wrong}).run(), Error) << wrong;
  }
}

TEST_F(BuildMirage, SaysWhatIsWrong) {
  const auto error = [&] {
    Builder builder(folder());
    try {
      builder.run();
    } catch (const Error& fault) {
      return std::string(fault.what());
    }
    return std::string("no error");
  };
  const auto captures = (folder() / "captures").string();
  write(folder() / "captures/1_a.pcap", pcap::bytes::pcap({{kStart, ethernet(Bytes(28), 0x0806)}}));
  EXPECT_EQ(error(), "there is neither TCP nor UDP in 1 capture of " + captures +
                         "; left out: capture without TCP or UDP (1), packet not IP (1)");
  write(folder() / "captures/1_a.pcap", pcap::bytes::pcap(session()));
  write(folder() / "captures/1_aa:aa:aa:aa:aa:aa_a.pcap", pcap::bytes::pcap(session()));
  EXPECT_EQ(error(),
            "two captures would become 1_a_MIRAGE-2019_traffic_dataset_labeled_biflows.json; the second is "
            "1_aa:aa:aa:aa:aa:aa_a.pcap");
}

}  // namespace
}  // namespace morgana::mirage_builder
