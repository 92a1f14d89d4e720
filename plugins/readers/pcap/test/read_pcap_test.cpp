// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "flow_labels.hpp"
#include "morgana/testing.hpp"
#include "morgana/traces.hpp"
#include "packet_bytes.hpp"

namespace morgana::pcap {
namespace {

using namespace bytes;
using morgana::testing::StageRunner;

constexpr std::int64_t kStart = 1'600'000'000'000'000'000;

/// A handshake, a request and an answer; then a DNS query that nobody answers.
std::vector<Timed> session(std::uint16_t port) {
  const auto up = [&](std::uint8_t flags, const Bytes& payload, const Bytes& options = {}) {
    return ethernet(ipv4(kPhone, kServer, 6, tcp(port, 443, flags, 500, payload, options)));
  };
  const auto down = [&](std::uint8_t flags, const Bytes& payload) {
    return ethernet(ipv4(kServer, kPhone, 6, tcp(443, port, flags, 600, payload)));
  };
  return {{kStart, up(2, {}, {2, 4, 5, 0xb4, 3, 3, 6, 0})},
          {kStart + 1'000'000, down(0x12, {})},
          {kStart + 1'500'000, up(0x10, {})},
          {kStart + 2'000'000, up(0x18, filler(100))},
          {kStart + 4'000'000, down(0x18, filler(1000))},
          {kStart + 5'000'000, ethernet(ipv4(kPhone, {8, 8, 8, 8}, 17, udp(5353, 53, filler(30))))},
          {kStart + 6'000'000, ethernet(Bytes(28), 0x0806)}};
}

/// read.pcap of a path.
struct Reader : StageRunner {
  explicit Reader(const std::filesystem::path& path) : StageRunner(morgana_plugin(), "read.pcap") {
    set("path", path.c_str());
  }
};

class ReadPcap : public ::testing::Test {
 protected:
  std::filesystem::path folder() const { return context_.root(); }
  static std::string error(StageRunner& stage) {
    try {
      stage.run();
    } catch (const Error& fault) {
      return fault.what();
    }
    return "no error";
  }
  morgana::testing::TestContext context_;
};

TEST_F(ReadPcap, GivesBiflowsAsTraces) {
  write(folder() / "app" / "one.pcap", pcap(session(40001)));
  Reader stage(folder());
  stage.set("channels", std::vector<std::string>{"PL", "IAT", "DIR", "WIN", "TIME", "IPLEN", "IPHL", "L4HL", "FLAGS"})
      .run();
  const auto traces = stage.output<Traces>("traces");
  ASSERT_EQ(traces->size(), 2u);
  EXPECT_EQ(traces->class_names(), std::vector<std::string>{"app"});
  EXPECT_EQ(traces->table().keys[0], "192.168.20.105,40001,203.0.113.7,443,6");
  const auto channel = [&](const char* name) {
    const auto values = (*traces)[0].channel(name);
    return std::vector<float>(values.begin(), values.end());
  };
  EXPECT_EQ(channel("PL"), (std::vector<float>{0, 0, 0, 100, 1000}));
  EXPECT_EQ(channel("IAT"), (std::vector<float>{0, 1e-3f, 5e-4f, 5e-4f, 2e-3f}));
  EXPECT_EQ(channel("DIR"), (std::vector<float>{-1, 1, -1, -1, 1}));
  EXPECT_EQ(channel("WIN"), (std::vector<float>{500, 600, 500, 500, 600}));
  EXPECT_EQ(channel("TIME"), (std::vector<float>{0, 1e-3f, 1.5e-3f, 2e-3f, 4e-3f}));
  EXPECT_EQ(channel("IPLEN"), (std::vector<float>{48, 40, 40, 140, 1040}));
  EXPECT_EQ(channel("L4HL"), (std::vector<float>{28, 20, 20, 20, 20}));
  EXPECT_EQ(channel("FLAGS"), (std::vector<float>{2, 18, 16, 24, 24}));
  const auto column = [&](const std::string& name) {
    for (const auto& each : traces->table().columns)
      if (each.name == name) return each.values[0];
    ADD_FAILURE() << name;
    return 0.0;
  };
  EXPECT_EQ(column("BF_num_packets"), 5);
  EXPECT_EQ(column("UF_L4_payload_bytes"), 100);
  EXPECT_DOUBLE_EQ(column("DF_duration"), 3e-3);
  EXPECT_EQ(column("UF_MSS"), 1460);
  EXPECT_EQ(column("UF_WS"), 64) << "a factor";
  EXPECT_TRUE(std::isnan(column("DF_MSS")));
  EXPECT_EQ(column("start"), 1.6e9);
  EXPECT_EQ(traces->table().counts.at("packets read"), 7);
  EXPECT_EQ(traces->table().counts.at("skipped: packet not IP"), 1);
}

TEST_F(ReadPcap, ChoosesPacketsAndBiflows) {
  write(folder() / "one.pcap", pcap(session(40001)));
  Reader stage(folder() / "one.pcap");
  stage.set("zero_payload", "drop").set("packets", 1).set("exclude_ports", std::vector<std::int64_t>{53});
  stage.set("payload_bytes", 4).set("label", "file").run();
  auto traces = stage.output<Traces>("traces");
  ASSERT_EQ(traces->size(), 1u);
  EXPECT_EQ(traces->class_names(), std::vector<std::string>{"one"});
  EXPECT_EQ((*traces)[0].channel("PL")[0], 100.0f);
  EXPECT_EQ((*traces)[0].channel("IAT")[0], 0.0f);
  EXPECT_EQ(traces->table().payload.bytes, (std::vector<std::uint8_t>{1, 2, 3, 4}));
  EXPECT_EQ(traces->table().counts.at("skipped: other port or protocol"), 1);

  Reader long_ones(folder());
  long_ones.set("minimum_packets", 3).set("label", "none").run();
  EXPECT_EQ(long_ones.output<Traces>("traces")->size(), 1u);
  EXPECT_EQ(long_ones.output<Traces>("traces")->label(0), -1);
  Reader tcp_only(folder());
  tcp_only.set("protocols", std::vector<std::string>{"udp"}).run();
  EXPECT_EQ(tcp_only.output<Traces>("traces")->table().keys[0], "192.168.20.105,5353,8.8.8.8,53,17");
}

TEST_F(ReadPcap, ReadsARotatedCaptureAsOne) {
  const auto packets = session(40001);
  write(folder() / "phone" / "1600000000_org.example.app.pcap", pcap({packets.begin(), packets.begin() + 3}));
  write(folder() / "phone" / "1600000000_org.example.app_0001.pcap", pcap({packets.begin() + 3, packets.end()}));
  write(folder() / "phone" / "1600000009_org.example.app.pcap", pcap(session(40001)));
  Reader stage(folder());
  stage.set("label", "file").run();
  const auto traces = stage.output<Traces>("traces");
  EXPECT_EQ(traces->size(), 4u) << "a capture ends every biflow";
  EXPECT_EQ(traces->packets(0), 5u);
  EXPECT_EQ(traces->class_names(), std::vector<std::string>{"org.example.app"});
  EXPECT_EQ(traces->table().capture.names.size(), 2u);
  EXPECT_EQ(traces->table().device.names, std::vector<std::string>{"phone"});
  EXPECT_EQ(traces->table().counts.at("captures"), 2);
}

TEST_F(ReadPcap, TakesLabelsFromATable) {
  write(folder() / "a" / "one.pcap", pcap(session(40001)));
  write(folder() / "a" / "two.pcap", pcap(session(40002)));
  const auto table = folder() / "labels.csv";
  std::ofstream(table) << "src_ip,src_port,dst_ip,dst_port,protocol,label\r\n"
                          "203.0.113.7,443,192.168.20.105,40001,tcp,\"web, secure\"\r\n"
                          "192.168.20.105,5353,8.8.8.8,53,17,dns\r\n";
  Reader stage(folder() / "a");
  stage.set("label", "table").set("labels", table.c_str()).run();
  const auto traces = stage.output<Traces>("traces");
  EXPECT_EQ(traces->class_names(), (std::vector<std::string>{"dns", "web, secure"}));
  EXPECT_EQ(traces->size(), 3u);
  EXPECT_EQ(traces->table().notes.at("skipped: no label"), "two.pcap biflow 192.168.20.105,40002,203.0.113.7,443,6");
  std::ofstream(table) << "file,label\none.pcap,first\n";
  Reader by_file(folder() / "a");
  by_file.set("label", "table").set("labels", table.c_str()).run();
  EXPECT_EQ(by_file.output<Traces>("traces")->size(), 2u);
}

TEST_F(ReadPcap, SaysWhatIsWrong) {
  const auto at = folder().string();
  Reader nothing(folder());
  EXPECT_EQ(error(nothing), "no .pcap or .pcapng or .cap file in " + at + " or its folders");
  write(folder() / "one.pcap", pcap({{kStart, ethernet(Bytes(28), 0x0806)}}));
  Reader arp(folder());
  EXPECT_EQ(error(arp), "no trace is left of 0 biflows in " + at + ", 1 packet; left out: packet not IP (1)");
  write(folder() / "one.pcap", pcap(session(1)));
  Reader clients(folder());
  EXPECT_EQ(error(clients.set("clients", std::vector<std::string>{"phone"})),
            "parameter \"clients\": \"phone\" is no IP address");
  Reader no_table(folder());
  EXPECT_EQ(error(no_table.set("label", "table")), "label \"table\" needs the parameter \"labels\"");
  const auto table = folder() / "labels.csv";
  const auto with_table = [&](const char* text) {
    std::ofstream(table) << text;
    Reader stage(folder());
    return error(stage.set("label", "table").set("labels", table.c_str()));
  };
  EXPECT_EQ(with_table("a,b\n"), at + "/labels.csv:1: the columns are \"a,b\"");
  EXPECT_EQ(with_table("file,label\nx\n"), at + "/labels.csv:2: 1 field, the header has 2");
  EXPECT_EQ(with_table("file,label\nx,a\nx,b\n"), at + "/labels.csv:3: labelled \"b\", and \"a\" before");
  EXPECT_EQ(with_table("src_ip,src_port,dst_ip,dst_port,protocol,label\n1.2.3,1,1.2.3.4,2,tcp,x\n"),
            at + "/labels.csv:2: no address, port or protocol: 1.2.3,1,1.2.3.4,2,tcp,x");
  EXPECT_EQ(with_table("file,label\nother.pcap,a\n"),
            "no trace is left of 2 biflows in " + at + ", 7 packets; left out: no label (2), packet not IP (1)");
  Reader unused(folder());
  EXPECT_EQ(error(unused.set("labels", table.c_str())), "labels are given, and label is \"folder\"");
}

TEST_F(ReadPcap, ReadsWhatIsThereOfADamagedFile) {
  auto file = pcap(session(40001));
  file.resize(file.size() - 60);
  write(folder() / "one.pcap", file);
  Reader stage(folder());
  stage.run();
  const auto& table = stage.output<Traces>("traces")->table();
  EXPECT_EQ(table.counts.at("skipped: end of a damaged file"), 1);
  EXPECT_TRUE(table.notes.at("skipped: end of a damaged file").starts_with("one.pcap: byte ")) << "with the place";
  EXPECT_EQ(stage.context.messages.size(), 3u) << "what was read, what was left out, and where";
}

/// As gzip makes it, of bytes that are only stored.
std::string stored_gzip(const std::string& bytes) {
  std::string file("\x1f\x8b\x08\0\0\0\0\0\0\x03\x01", 11);
  for (const auto size : {bytes.size(), ~bytes.size()}) {
    file += static_cast<char>(size & 0xff);
    file += static_cast<char>(size >> 8 & 0xff);
  }
  return file + bytes;  // and no trailer
}

TEST_F(ReadPcap, GoesOnBehindFilesThatAreNoCapturesOrEndTooEarly) {
  const auto whole = pcap(session(40001));
  write(folder() / "a.pcap", Bytes());
  write(folder() / "b.pcap", Bytes{1, 2, 3});
  const auto packed = stored_gzip({whole.begin(), whole.end()});
  write(folder() / "c.pcap.gz", Bytes(packed.begin(), packed.end()));
  write(folder() / "d.pcap", pcap(session(40002)));
  Reader stage(folder());
  stage.run();
  const auto traces = stage.output<Traces>("traces");
  EXPECT_EQ(traces->size(), 4u) << "both biflows of the cut file, all of whose packets are there, and of the last one";
  const auto& table = traces->table();
  EXPECT_EQ(table.counts.at("files"), 2);
  EXPECT_EQ(table.counts.at("skipped: file that is no capture"), 2);
  EXPECT_EQ(table.notes.at("skipped: file that is no capture"),
            "a.pcap: the file is empty; b.pcap: not a capture file: it has 3 bytes");
  EXPECT_EQ(table.counts.at("skipped: end of a damaged file"), 1);
  EXPECT_NE(table.notes.at("skipped: end of a damaged file").find("the compressed bytes end too early"),
            std::string::npos);
}

}  // namespace
}  // namespace morgana::pcap
