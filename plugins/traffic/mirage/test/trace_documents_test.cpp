// SPDX-License-Identifier: Apache-2.0
#include "mirage/trace_documents.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "mirage/headers.hpp"
#include "morgana/channels.hpp"
#include "morgana/error.hpp"

namespace morgana::mirage_format {
namespace {

PacketChannel channel(const char* name, std::vector<float> values) {
  auto result = standard_channel(name);
  result.values = std::move(values);
  return result;
}

/// A biflow of four packets and one of two, with nothing but payload, time and direction.
TraceTable plain_table() {
  TraceTable table;
  table.offsets = {0, 4, 6};
  table.channels = {channel("PL", {0, 0, 100, 1460, 10, 20}), channel("IAT", {0, 0.1f, 0.25f, 1e-5f, 0, 0.5f}),
                    channel("DIR", {-1, 1, -1, 1, -1, 1})};
  return table;
}

struct Filled {
  explicit Filled(TraceTable table, Release release = Release::kVideo)
      : traces(std::move(table)), documents(traces, release) {
    capture.start_seconds = 1000;
    for (std::size_t row = 0; row < traces.size(); ++row) documents.fill(row, capture, biflows.emplace_back());
  }
  std::int64_t values(std::string_view field, Source source) const {
    std::int64_t sum = 0;
    for (const auto& line : documents.accounting().lines())
      if (line.field == field && line.source == source) sum += line.values;
    return sum;
  }
  Traces traces;
  TraceDocuments documents;
  OpenCapture capture;
  std::vector<BiflowDocument> biflows;
};

TEST(TraceDocuments, TakeWhatTheTracesHold) {
  const Filled filled(plain_table());
  const auto& packets = filled.biflows[0].packets;
  EXPECT_EQ(packets.payload_bytes, (std::vector<std::uint32_t>{0, 0, 100, 1460}));
  EXPECT_EQ(packets.direction, (std::vector<std::uint8_t>{0, 1, 0, 1}));
  // The decimals that were meant, and the same single-precision numbers.
  EXPECT_EQ(packets.seconds_since_previous, (std::vector<double>{0, 0.1, 0.25, 1e-5}));
  EXPECT_EQ(filled.values("packet_data.iat", Source::kGenerated), 6);
}

TEST(TraceDocuments, DeriveHeadersAndFlags) {
  const Filled filled(plain_table());
  const auto& packets = filled.biflows[0].packets;
  // 1460 bytes leave no room for time stamps.
  EXPECT_EQ(packets.flags, (std::vector<std::uint8_t>{2, 18, 24, 24}));
  EXPECT_EQ(packets.transport_header_bytes, (std::vector<std::uint16_t>{32, 32, 20, 20}));
  EXPECT_EQ(packets.ip_bytes, (std::vector<std::uint32_t>{52, 52, 140, 1500}));
  EXPECT_EQ(filled.biflows[1].packets.ip_bytes, (std::vector<std::uint32_t>{62, 72}));
  EXPECT_EQ(filled.values("packet_data.IP_packet_bytes", Source::kDerived), 6);
  EXPECT_EQ(filled.values("packet_data.L4_header_bytes", Source::kFilledIn), 6);
  EXPECT_EQ(packets.window, (std::vector<std::uint16_t>(4, 65535)));
  EXPECT_EQ(filled.values("packet_data.TCP_win_size", Source::kFilledIn), 6);
}

TEST(TraceDocuments, DeriveFlagsOnlyOfAnOpening) {
  using Flags = std::vector<std::uint8_t>;
  const auto flags = [](std::vector<std::uint8_t> direction, std::vector<std::uint32_t> payload) {
    return derived_flags(direction, payload);
  };
  EXPECT_EQ(flags({0, 0, 1, 0}, {0, 0, 0, 5}), (Flags{2, 2, 18, 24}));
  EXPECT_EQ(flags({0, 1}, {0, 5}), (Flags{16, 24}));  // answered with data: the middle of a connection
  EXPECT_EQ(flags({1, 0}, {0, 0}), (Flags{16, 16}));  // starts with the server
  EXPECT_EQ(flags({0, 0}, {0, 0}), (Flags{2, 2}));    // no answer
  EXPECT_EQ(flags({0, 0}, {0, 7}), (Flags{16, 24}));
  EXPECT_EQ(flags({}, {}), Flags{});
}

TEST(TraceDocuments, CountTheirOwnPackets) {
  const Filled filled(plain_table());
  const auto& biflow = filled.biflows[0];
  EXPECT_EQ(biflow.both.packets, 4u);
  EXPECT_EQ(biflow.both.ip_bytes, 1744u);
  EXPECT_EQ(biflow.both.payload_bytes, 1560u);
  EXPECT_DOUBLE_EQ(biflow.both.duration_seconds, 0.35001);
  EXPECT_EQ(biflow.up.packets, 2u);
  EXPECT_DOUBLE_EQ(biflow.up.duration_seconds, 0.35);
  EXPECT_DOUBLE_EQ(biflow.down.duration_seconds, 0.25001);
  EXPECT_DOUBLE_EQ(biflow.features[kInterArrival][kDownstream][kMean], 0.25001);
  EXPECT_EQ(biflow.features[kPacketLength][kBiflow][kMaximum], 1500);
}

TEST(TraceDocuments, InventKeysFromTheRangesForDocumentation) {
  const Filled filled(plain_table());
  EXPECT_EQ(filled.biflows[0].key, "192.0.2.1,60032,198.51.100.1,443,6");
  EXPECT_EQ(filled.biflows[1].key, "192.0.2.1,60032,198.51.100.2,443,6");
  EXPECT_EQ(filled.biflows[1].client_port, 60032);
}

TEST(TraceDocuments, KeepKeysUniqueInAFile) {
  auto table = plain_table();
  table.keys = {"10.0.0.1,5,10.0.0.2,53,17", "10.0.0.1,5,10.0.0.2,53,17"};
  const Filled repeated(table);
  EXPECT_EQ(repeated.biflows[0].key, table.keys[0]);
  EXPECT_EQ(repeated.biflows[1].key, "192.0.2.1,60032,198.51.100.1,443,17");
  EXPECT_EQ(repeated.values("key", Source::kGenerated), 1);
  EXPECT_EQ(repeated.values("key", Source::kFilledIn), 1);
  EXPECT_EQ(repeated.biflows[0].packets.transport_header_bytes[0], 8);  // UDP
  EXPECT_EQ(repeated.biflows[0].packets.flags[2], 0);
  EXPECT_EQ(repeated.biflows[0].packets.window[0], 0);

  table.keys = {"192.0.2.1,60032,198.51.100.1,443,6", "no key"};
  const Filled unlike(table);
  EXPECT_EQ(unlike.biflows[1].key, "192.0.2.1,60032,198.51.100.2,443,6");
}

TEST(TraceDocuments, TellUdpByWhatTheTracesHold) {
  auto table = plain_table();
  table.channels.push_back(channel("WIN", {0, 0, 0, 0, 0, 5}));
  const Filled filled(table);
  EXPECT_TRUE(filled.biflows[0].key.ends_with(",17"));
  EXPECT_TRUE(filled.biflows[1].key.ends_with(",6"));
}

TEST(TraceDocuments, TakeHeadersWhereTheyAreGiven) {
  auto table = plain_table();
  table.channels.push_back(channel("IPLEN", {64, 64, 144, 1504, 62, 200}));
  const Filled lengths(table);
  // 1504 - 20 - 1460; where the rest is no TCP header, the usual one stands.
  EXPECT_EQ(lengths.biflows[0].packets.transport_header_bytes, (std::vector<std::uint16_t>{44, 44, 24, 24}));
  EXPECT_EQ(lengths.biflows[1].packets.transport_header_bytes, (std::vector<std::uint16_t>{32, 32}));
  EXPECT_EQ(lengths.biflows[0].both.ip_bytes, 1776u);
  table.channels.push_back(channel("IPHL", {40, 40, 40, 40, 20, 20}));
  table.channels.push_back(channel("L4HL", {24, 24, 20, 20, 8, 8}));
  table.channels.push_back(channel("FLAGS", {2, 18, 16, 17, 0, 0}));
  const Filled headers(table);
  EXPECT_EQ(headers.biflows[0].key, "2001:db8:c::1,60032,2001:db8:5::1,443,6");
  EXPECT_TRUE(headers.biflows[1].key.ends_with(",17"));
  EXPECT_EQ(headers.biflows[0].packets.flags, (std::vector<std::uint8_t>{2, 18, 16, 17}));
  EXPECT_EQ(headers.biflows[0].packets.transport_header_bytes, (std::vector<std::uint16_t>{24, 24, 20, 20}));
  EXPECT_EQ(headers.values("packet_data.TCP_flags", Source::kGenerated), 6);
}

TEST(TraceDocuments, TakeTimesFromTimeOrNone) {
  auto table = plain_table();
  table.channels[1] = channel("TIME", {0, 0.25f, 0.5f, 2, 0, 1});
  const Filled times(table);
  EXPECT_EQ(times.biflows[0].packets.seconds_since_previous, (std::vector<double>{0, 0.25, 0.25, 1.5}));
  EXPECT_EQ(times.values("packet_data.iat", Source::kDerived), 6);
  EXPECT_EQ(times.biflows[0].packets.unix_seconds, (std::vector<double>{1000, 1000.25, 1000.5, 1002}));
  EXPECT_EQ(times.biflows[1].packets.unix_seconds, (std::vector<double>{1001, 1002}));
  table.channels.erase(table.channels.begin() + 1);
  const Filled none(table);
  EXPECT_EQ(none.biflows[0].packets.seconds_since_previous, (std::vector<double>{0, 0, 0, 0}));
  EXPECT_EQ(none.values("packet_data.iat", Source::kFilledIn), 6);
}

TEST(TraceDocuments, TakeColumnsThatCountTheWholeBiflow) {
  auto table = plain_table();
  const auto add = [&](const std::string& name, double first, double second) {
    table.columns.push_back({name, "", {first, second}});
  };
  for (const std::string flow : {"BF_", "UF_", "DF_"}) {
    add(flow + "num_packets", 4, 700);
    add(flow + "IP_packet_bytes", 1000, 2000);
    add(flow + "L4_payload_bytes", 500, 600);
    add(flow + "duration", 1.25, 3.5);
  }
  add("UF_MSS", 1460, std::numeric_limits<double>::quiet_NaN());
  add("start", 1.5e9, 1.6e9);
  const Filled filled(table);
  EXPECT_EQ(filled.biflows[0].both.ip_bytes, 1000u);
  EXPECT_EQ(filled.biflows[0].both.duration_seconds, 1.25);
  EXPECT_EQ(filled.biflows[0].up_options.maximum_segment, 1460);
  EXPECT_TRUE(std::isnan(filled.biflows[1].up_options.maximum_segment));
  EXPECT_EQ(filled.biflows[1].packets.unix_seconds[0], 1.6e9);
  // 700 packets, of which the trace has two: the file lists two and counts two.
  EXPECT_EQ(filled.biflows[1].both.packets, 2u);
}

TEST(TraceDocuments, LetMirage2019CountMoreThanItLists) {
  TraceTable table;
  table.offsets = {0, 32};
  table.channels = {channel("PL", std::vector<float>(32, 10)), channel("DIR", std::vector<float>(32, 1))};
  for (const std::string flow : {"BF_", "UF_", "DF_"})
    for (const auto* what : {"num_packets", "IP_packet_bytes", "L4_payload_bytes", "duration"})
      table.columns.push_back({flow + what, "", {700}});
  EXPECT_EQ(Filled(table, Release::k2019).biflows[0].both.packets, 700u);
  EXPECT_EQ(Filled(table, Release::kVideo).biflows[0].both.packets, 32u);
}

TEST(TraceDocuments, TakeFeaturesWithTheTotals) {
  auto table = plain_table();
  for (const auto series : kSeriesNames)
    for (const auto flow : kFlowNames)
      for (const auto statistic : kStatisticNames)
        table.columns.push_back({fmt::format("{}.{}.{}", series, flow, statistic), "", {7, 7}});
  EXPECT_EQ(Filled(table).biflows[0].features[kPacketLength][kBiflow][kMaximum], 1500);
  for (const std::string flow : {"BF_", "UF_", "DF_"})
    for (const auto* what : {"num_packets", "IP_packet_bytes", "L4_payload_bytes", "duration"})
      table.columns.push_back({flow + what, "", {4, 3}});
  const Filled filled(table);
  EXPECT_EQ(filled.biflows[0].features[kPacketLength][kBiflow][kMaximum], 7);
  EXPECT_EQ(filled.biflows[0].features[kInterArrival][kDownstream][kKurtosis], 7);
  EXPECT_EQ(filled.biflows[1].features[kPacketLength][kBiflow][kMaximum], 72);  // 3 packets, and 2 in the trace
  EXPECT_EQ(filled.values("flow_features.iat", Source::kGenerated), 51);
}

TEST(TraceDocuments, CarryTheGroundTruth) {
  auto table = plain_table();
  table.label = {{"com.example.app"}, {0, -1}};
  table.label_source = {LabelSource::kMostCommon, LabelSource::kUnknown};
  table.device = {{"Nexus7_bc_ee_7b_a4_09_47", "tablet"}, {0, 1}};
  const Filled filled(table, Release::kCcma);
  const auto& known = filled.biflows[0].truth;
  EXPECT_EQ(known.label, "com.example.app");
  EXPECT_EQ(known.sublabel, "com.example.app");
  EXPECT_EQ(known.labeling_type, LabelSource::kMostCommon);
  EXPECT_EQ(known.device, "bc:ee:7b:a4:09:47");
  EXPECT_EQ(known.source, "morgana");
  const auto& unknown = filled.biflows[1].truth;
  EXPECT_FALSE(unknown.label.has_value());
  EXPECT_EQ(unknown.device, "00:00:5e:00:53:02");
  EXPECT_EQ(filled.values("flow_metadata.BF_label", Source::kFilledIn), 1);
  EXPECT_EQ(filled.values("flow_metadata.BF_activity", Source::kFilledIn), 2);
}

TEST(TraceDocuments, CarryPayload) {
  auto table = plain_table();
  table.payload.offsets = {0, 0, 0, 2, 4, 15, 15};
  for (std::uint8_t i = 0; i < 15; ++i) table.payload.bytes.push_back(i);
  const Filled filled(table);
  EXPECT_EQ(filled.biflows[0].packets.payload, (std::vector<std::uint8_t>{0, 1, 2, 3}));
  EXPECT_EQ(filled.biflows[0].packets.payload_ends, (std::vector<std::uint64_t>{0, 0, 2, 4}));
  EXPECT_EQ(filled.biflows[1].packets.payload_ends, (std::vector<std::uint64_t>{10, 10}));
  EXPECT_EQ(filled.documents.accounting().changes().at("payload: more bytes than PL says, cut"), 1);
}

TEST(TraceDocuments, MendAndCountWhatCannotStand) {
  auto table = plain_table();
  table.channels[0].values = {0.4f, -3, 100, 70000, 10, 20};
  table.channels[1].values = {0.5f, -1, 0, 0, 0, 0};
  table.channels[2].values = {-1, 0, -1, 0.3f, -1, 1};
  const Filled filled(table);
  EXPECT_EQ(filled.biflows[0].packets.payload_bytes, (std::vector<std::uint32_t>{0, 0, 100, 65535}));
  EXPECT_EQ(filled.biflows[0].packets.seconds_since_previous, (std::vector<double>{0, 0, 0, 0}));
  EXPECT_EQ(filled.biflows[0].packets.direction, (std::vector<std::uint8_t>{0, 1, 0, 1}));
  const auto& changes = filled.documents.accounting().changes();
  EXPECT_EQ(changes.at("PL: rounded to a whole number from 0 to 65535"), 3);
  EXPECT_EQ(changes.at("IAT: negative, written as 0"), 1);
  EXPECT_EQ(changes.at("IAT: the first packet's, written as 0"), 1);
  EXPECT_EQ(changes.at("DIR: 0, written as down"), 1);
}

TEST(TraceDocuments, NameWhatIsMissing) {
  auto table = plain_table();
  table.channels.pop_back();
  try {
    const Filled filled(table);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "the traces have no channel \"DIR\", without which there are no MIRAGE biflows");
  }
}

TEST(TraceDocuments, AccountForEveryValue) {
  const auto values = [](const Filled& filled) {
    std::int64_t sum = 0;
    for (const auto& line : filled.documents.accounting().lines()) sum += line.values;
    return sum;
  };
  constexpr int kPackets = 6, kBiflows = 2, kKey = 1, kFeatures = 102, kTotals = 12, kOptions = 4;
  EXPECT_EQ(values(Filled(plain_table(), Release::k2019)), kPackets * 7 + kBiflows * (kKey + kFeatures + kTotals + 2));
  EXPECT_EQ(values(Filled(plain_table(), Release::kVideo)),
            kPackets * 12 + kBiflows * (kKey + kFeatures + kTotals + kOptions + 7));
  EXPECT_EQ(values(Filled(plain_table(), Release::kCcma)),
            kPackets * 15 + kBiflows * (kKey + kFeatures + kTotals + kOptions + 8));
  const Filled filled(plain_table());
  EXPECT_EQ(filled.documents.accounting().metrics("write.mirage").find("values", {{"field", "packet_data.iat"}})->value,
            6);
  const auto lines = filled.documents.accounting().json_lines();
  EXPECT_NE(lines.find("{\"field\": \"packet_data.iat\", \"source\": \"generated\", \"how\": \"channel IAT\", "
                       "\"values\": 6}\n"),
            std::string::npos)
      << lines;
}

}  // namespace
}  // namespace morgana::mirage_format
