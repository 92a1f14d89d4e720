// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <morgana/metrics.hpp>
#include <morgana/testing.hpp>
#include <optional>

#include "biflows/assembler.hpp"
#include "files/test/text_source.hpp"
#include "packets/capture_reader.hpp"
#include "random_traces.hpp"
#include "start_time.hpp"

namespace morgana::write_pcap {
namespace {

using testing::content_of;
using testing::StageRunner;
using testing::TestContext;

/// What Morgana's own reader finds in a capture: packets of biflows by their keys, client first.
std::map<std::string, std::vector<biflows::Packet>> read_back(const std::filesystem::path& file,
                                                              std::vector<std::string>* comments = nullptr) {
  testing::TextSource bytes(content_of(file));
  packets::CaptureReader reader(bytes, "capture");
  packets::Dissector dissector;
  biflows::Assembler assembler({});
  packets::Segment segment;
  for (packets::CapturedPacket packet; reader.next(packet);) {
    EXPECT_EQ(dissector.dissect(packet, segment), packets::Verdict::kSegment);
    assembler.add(packet.nanoseconds, segment);
  }
  EXPECT_EQ(reader.damage(), "");
  if (comments != nullptr) *comments = reader.comments();
  std::map<std::string, std::vector<biflows::Packet>> found;
  const auto biflows = std::move(assembler).finish();
  for (const auto& biflow : biflows) EXPECT_TRUE(found.emplace(biflow.key(), biflow.packets).second);
  return found;
}

/// The keys of the labels file, a trace each.
std::vector<std::string> keys_of(const std::filesystem::path& labels) {
  std::ifstream in(labels);
  std::vector<std::string> keys;
  std::string line;
  std::getline(in, line);
  EXPECT_EQ(line, "src_ip,src_port,dst_ip,dst_port,protocol,label");
  while (std::getline(in, line)) {
    std::size_t end = 0;
    for (int comma = 0; comma < 5; ++comma) end = line.find(',', end + 1);
    keys.push_back(line.substr(0, end));
  }
  return keys;
}

Traces small_set() {
  TraceTable table;
  for (const char* name : {"PL", "IAT", "DIR"}) table.channels.push_back(standard_channel(name));
  table.channels[0].values = {100, 2000, 7, 0};
  table.channels[1].values = {0, 0.5f, 0, 0.25f};
  table.channels[2].values = {-1, 1, 1, -1};
  table.offsets = {0, 2, 2, 4};
  table.label = {{"org.example.app", "other, \"one\""}, {0, -1, 1}};
  return Traces(std::move(table));
}

class WritePcap : public ::testing::Test {
 protected:
  TestContext place_;  // its folder outlives the stages
  std::optional<StageRunner> stage_{std::in_place, morgana_plugin(), "write.pcap"};
  const std::filesystem::path folder_ = place_.root() / "folder";
  const std::filesystem::path file_ = folder_ / "x.pcapng", labels_ = folder_ / "labels.csv";

  StageRunner& with(Traces traces) {
    stage_->set("path", file_.string()).set("labels_file", labels_.string());
    return stage_->input("traces", std::make_shared<const Traces>(std::move(traces)));
  }
};

/// Every trace comes back as it was: lengths, directions, windows, times to the nanosecond.
void expect_same(const Traces& traces, const std::filesystem::path& file, const std::filesystem::path& labels,
                 bool windows) {
  auto found = read_back(file);
  const auto keys = keys_of(labels);
  ASSERT_EQ(keys.size(), traces.size());
  ASSERT_EQ(found.size(), traces.size());
  for (std::size_t row = 0; row < traces.size(); ++row) {
    const auto& packets = found[keys[row]];
    const auto trace = traces[row];
    ASSERT_EQ(packets.size(), trace.packets()) << row;
    for (std::size_t i = 0; i < packets.size(); ++i) {
      ASSERT_EQ(static_cast<float>(packets[i].payload_bytes), trace.channel("PL")[i]);
      ASSERT_EQ(packets[i].direction == biflows::Direction::kUp, trace.channel("DIR")[i] < 0);
      if (windows && trace.channel("WIN")[i] != 0) {
        // A full window is moved by one.
        ASSERT_LE(std::abs(packets[i].window - static_cast<int>(trace.channel("WIN")[i])), 1);
      }
      if (i > 0) {
        ASSERT_EQ(packets[i].nanoseconds - packets[i - 1].nanoseconds,
                  std::llround(double{trace.channel("IAT")[i]} * 1e9));
      }
    }
  }
}

TEST_F(WritePcap, TenThousandRandomTracesComeBack) {
  const auto traces = random_traces(10000, 3, true);
  for (const char* name : {"handshake", "acks", "close"}) stage_->set(name, "never");
  with(traces).set("split", ParameterValue(false)).set("protocol", "tcp").set("mean_gap", 0.01).run();
  expect_same(traces, file_, labels_, true);
}

TEST_F(WritePcap, DatagramsComeBack) {
  const auto traces = random_traces(500, 4, false);
  with(traces).set("protocol", "udp").set("ip", "ipv6").set("arrival", "together").run();
  expect_same(traces, file_, labels_, false);
}

TEST_F(WritePcap, SaysWhatItIs) {
  with(small_set()).run();
  std::vector<std::string> comments;
  const auto found = read_back(file_, &comments);
  ASSERT_EQ(comments.size(), 5u);
  EXPECT_TRUE(comments[0].starts_with("synthetic traffic: no packet of this file was ever on a network"))
      << comments[0];
  EXPECT_NE(comments[1].find("seed 7; filler of the payloads: text"), std::string::npos) << comments[1];
  EXPECT_EQ(comments[2], "classes (traces): org.example.app (1), other, \"one\" (1)");
  // The first trace holds no empty packet: a handshake, acknowledgements and a close are added. The second
  // does.
  EXPECT_EQ(
      comments[3],
      "accounting: 2 biflows (2 TCP, 0 UDP); 16 packets = 4 of traces + 1 further parts of 1 split ones + added: 6 "
      "of handshakes, 2 acknowledgements, 3 of closes; generated (packets): payload length 3, time 4, direction 5; "
      "derived (packets): payload length 2, time 1, TCP flags 5, TCP sequence and acknowledgement numbers 16, "
      "lengths and checksums 16; filled in (packets): payload length 11, time 11, direction 11, TCP window 16, TCP "
      "flags 11, TCP options, initial sequence numbers 16, protocol and IP version 16, IP addresses 16, server "
      "port 16, client port 16, IP identification or flow label, TTL, Ethernet addresses 16, payload bytes 4");
  EXPECT_NE(comments[4].find("1 x traces without a packet; left out"), std::string::npos) << comments[4];
  EXPECT_EQ(content_of(labels_),
            "src_ip,src_port,dst_ip,dst_port,protocol,label\n"
            "192.0.2.1,60032,198.51.100.1,50443,6,org.example.app\n"
            "192.0.2.1,60032,198.51.100.3,50443,6,\"other, \"\"one\"\"\"\n");
  const auto metrics = stage_->output<Metrics>("accounting");
  EXPECT_EQ(metrics->find("packets", {{"origin", "trace"}})->value, 4);
  EXPECT_EQ(metrics->find("values", {{"field", "payload length"}, {"source", "generated"}})->value, 3);
  EXPECT_EQ(metrics->find("values", {{"field", "payload bytes"}, {"source", "filled in"}})->value, 4);
  EXPECT_EQ(metrics->find("changed", {{"what", "traces without a packet; left out"}})->value, 1);
  EXPECT_NE(content_of(file_).find("trace 2, class other, \"one\""), std::string::npos);
}

TEST_F(WritePcap, EqualTracesAndSeedGiveEqualBytes) {
  const auto traces = random_traces(50, 5, true);
  with(traces).set("filler", "random").run();
  const auto first = content_of(file_);
  StageRunner again(morgana_plugin(), "write.pcap"), other(morgana_plugin(), "write.pcap");
  const auto shared = std::make_shared<const Traces>(traces);
  again.set("path", file_.string()).set("filler", "random").input("traces", shared).run();
  EXPECT_EQ(content_of(file_), first);
  other.set("path", file_.string()).set("filler", "random").seed(8).input("traces", shared).run();
  EXPECT_NE(content_of(file_), first);
}

TEST_F(WritePcap, PlainPcapSaysItBeside) {
  with(small_set()).set("path", (folder_ / "x.pcap").string());
  try {
    stage_->run();
    FAIL() << "nothing thrown";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "pcap has no place to say which fields are generated, derived and filled in");
    EXPECT_EQ(error.hint(), "set accounting_file, such as \"traffic.accounting.txt\", or write pcapng");
  }
  stage_->set("accounting_file", (folder_ / "x.txt").string()).set("resolution", "microseconds").run();
  EXPECT_EQ(content_of(folder_ / "x.pcap").substr(0, 4), "\xd4\xc3\xb2\xa1");
  EXPECT_TRUE(content_of(folder_ / "x.txt").starts_with("synthetic traffic: "));
  const auto found = read_back(folder_ / "x.pcap");
  ASSERT_EQ(found.size(), 2u);
  const auto& packets = found.begin()->second;
  // 2020-01-01; the first trace may start second.
  EXPECT_GE(packets.front().nanoseconds, 1'577'836'800'000'000'000);
  EXPECT_EQ(packets.front().nanoseconds % 1000, 0);
}

TEST_F(WritePcap, IsNotNamedAsTheOtherFormat) {
  with(small_set()).set("format", "pcap").set("accounting_file", (folder_ / "x.txt").string());
  try {
    stage_->run();
    FAIL() << "nothing thrown";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "the path ends in .pcapng, but the format is pcap");
    EXPECT_EQ(error.hint(), "set \"format\": \"pcapng\", or give a path that ends in .pcap");
  }
  stage_->set("path", (folder_ / "x.pcap").string()).set("format", "pcapng");
  EXPECT_THROW(stage_->run(), Error);
  stage_->set("path", (folder_ / "x.cap").string()).run();
  EXPECT_TRUE(std::filesystem::exists(folder_ / "x.cap"));
}

TEST_F(WritePcap, KeysDecideProtocolAndOnRequestMore) {
  auto table = small_set().table();
  table.keys = {"192.168.20.105,41421,54.174.83.64,443,17", "", "2a00::1,5353,2a00::2,53,6"};
  const Traces traces(table);
  with(traces).run();
  auto keys = keys_of(labels_);
  EXPECT_EQ(keys[0], "192.0.2.1,60032,198.51.100.1,50443,17");
  EXPECT_EQ(keys[1], "2001:db8:c::1,60032,2001:db8:5::3,50443,6");
  stage_.emplace(morgana_plugin(), "write.pcap");
  with(traces).set("ports", "key").run();
  EXPECT_EQ(keys_of(labels_)[0], "192.0.2.1,60032,198.51.100.1,443,17");
  table.keys = {"192.168.20.105,41421,54.174.83.64,443,17", "x", "192.168.20.105,41421,54.174.83.64,443,17"};
  stage_.emplace(morgana_plugin(), "write.pcap");
  with(Traces(table)).set("addresses", "key").run();
  keys = keys_of(labels_);
  EXPECT_EQ(keys[0], "192.168.20.105,41421,54.174.83.64,443,17");
  EXPECT_EQ(keys[1], "192.0.2.1,60032,198.51.100.3,50443,17");
  const auto metrics = stage_->output<Metrics>("accounting");
  EXPECT_EQ(metrics->find("values", {{"field", "IP addresses"}, {"source", "generated"}})->value, 2);
  EXPECT_EQ(metrics
                ->find("changed", {{"what",
                                    "keys that another biflow has too; a 5-tuple of documentation addresses "
                                    "was given"}})
                ->value,
            1);
}

TEST_F(WritePcap, WithoutKeysNoWindowIsUdp) {
  auto table = small_set().table();
  table.channels.push_back(standard_channel("WIN"));
  table.channels[3].values = {0, 0, 0, 512};
  with(Traces(std::move(table))).run();
  const auto keys = keys_of(labels_);
  EXPECT_TRUE(keys[0].ends_with(",17"));
  EXPECT_TRUE(keys[1].ends_with(",6"));
}

TEST_F(WritePcap, StopsOnRequestAndNamesFaults) {
  TraceTable table = small_set().table();
  table.channels[0].values[0] = -5;
  table.channels[2].values[1] = 0;
  with(Traces(table)).run();
  EXPECT_EQ(stage_->context.messages.front(),
            "1 x payload lengths below 0 or above 1048576 bytes; the nearest possible was taken");
  StageRunner stopped(morgana_plugin(), "write.pcap");
  stopped.context.stop = true;
  stopped.set("path", file_.string()).input("traces", std::make_shared<const Traces>(random_traces(4000, 1, false)));
  EXPECT_THROW(stopped.run(), Stopped);
  table.channels.pop_back();
  StageRunner none(morgana_plugin(), "write.pcap");
  none.set("path", file_.string()).input("traces", std::make_shared<const Traces>(Traces(std::move(table))));
  EXPECT_THROW(none.run(), Error);
  StageRunner taken(morgana_plugin(), "write.pcap");
  std::filesystem::create_directories(folder_ / "taken.pcapng");
  taken.set("path", (folder_ / "taken.pcapng").string()).input("traces", std::make_shared<const Traces>(small_set()));
  EXPECT_THROW(taken.run(), Error);
}

TEST(StartTime, IsReadInUtc) {
  EXPECT_EQ(parse_start("1970-01-01T00:00:01Z"), 1'000'000'000);
  EXPECT_EQ(parse_start("2020-02-29T12:30:05Z"), 1'582'979'405'000'000'000);
  for (const char* wrong : {"", "2020-01-01", "2020-02-30T00:00:00Z", "2020-01-01T24:00:00Z", "1969-12-31T23:59:59Z",
                            "2020-01-01T00:00:00Zx", "2020-01-01T00:00:00", "2106-01-01T00:00:00Z"})
    EXPECT_THROW(parse_start(wrong), Error) << wrong;
}

}  // namespace
}  // namespace morgana::write_pcap
