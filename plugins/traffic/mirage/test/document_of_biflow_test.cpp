// SPDX-License-Identifier: Apache-2.0
#include "mirage/document_of_biflow.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "morgana/error.hpp"

namespace morgana::mirage_format {
namespace {

using biflows::Direction;

biflows::Biflow small_biflow() {
  biflows::Biflow biflow;
  biflow.client = {packets::Address::parse("192.168.20.105").value(), 40001};
  biflow.server = {packets::Address::parse("203.0.113.7").value(), 443};
  biflow.protocol = packets::kTcp;
  const std::int64_t start = 1619005751'250000000;
  biflow.packets = {{start, 60, 0, 20, 40, 65535, packets::kSyn, Direction::kUp},
                    {start + 30400000, 60, 0, 20, 40, 26847, packets::kSyn | packets::kAck, Direction::kDown},
                    {start + 30500000, 55, 3, 20, 32, 343, packets::kPsh | packets::kAck, Direction::kUp}};
  biflow.up = {2, 115, 3, start, start + 30500000, 1460, 8};
  biflow.down = {1, 60, 0, start + 30400000, start + 30400000, 0, -1};
  biflow.payload = {1, 2, 3};
  biflow.payload_ends = {0, 0, 3};
  return biflow;
}

TEST(DocumentOfBiflow, HoldsWhatTheBiflowHolds) {
  BiflowDocument document;
  fill_document(small_biflow(), document);
  EXPECT_EQ(document.key, "192.168.20.105,40001,203.0.113.7,443,6");
  EXPECT_EQ(document.client_port, 40001);
  EXPECT_EQ(document.server_port, 443);
  const auto& packets = document.packets;
  EXPECT_EQ(packets.direction, (std::vector<std::uint8_t>{0, 1, 0}));
  EXPECT_EQ(packets.payload_bytes, (std::vector<std::uint32_t>{0, 0, 3}));
  EXPECT_EQ(packets.seconds_since_previous, (std::vector<double>{0, 0.0304, 0.0001}));
  EXPECT_EQ(packets.unix_seconds, (std::vector<double>{1619005751.25, 1619005751.2804, 1619005751.2805}));
  EXPECT_EQ(packets.window, (std::vector<std::uint16_t>{65535, 26847, 343}));
  EXPECT_EQ(packets.ip_bytes, (std::vector<std::uint32_t>{60, 60, 55}));
  EXPECT_EQ(packets.ip_header_bytes, (std::vector<std::uint16_t>{20, 20, 20}));
  EXPECT_EQ(packets.transport_header_bytes, (std::vector<std::uint16_t>{40, 40, 32}));
  EXPECT_EQ(packets.flags, (std::vector<std::uint8_t>{2, 18, 24}));
  EXPECT_EQ(packets.payload, (std::vector<std::uint8_t>{1, 2, 3}));
  EXPECT_EQ(packets.payload_ends, (std::vector<std::uint64_t>{0, 0, 3}));
}

TEST(DocumentOfBiflow, CountsBothDirections) {
  BiflowDocument document;
  fill_document(small_biflow(), document);
  EXPECT_EQ(document.both.packets, 3u);
  EXPECT_EQ(document.both.ip_bytes, 175u);
  EXPECT_EQ(document.both.payload_bytes, 3u);
  EXPECT_EQ(document.both.duration_seconds, 0.0305);
  EXPECT_EQ(document.up.duration_seconds, 0.0305);
  EXPECT_EQ(document.down.packets, 1u);
  EXPECT_EQ(document.down.duration_seconds, 0);
  EXPECT_EQ(document.up_options.maximum_segment, 1460);
  EXPECT_EQ(document.up_options.window_multiplier, 256);
  EXPECT_TRUE(std::isnan(document.down_options.maximum_segment));
  EXPECT_TRUE(std::isnan(document.down_options.window_multiplier));
  EXPECT_EQ(document.features[kPacketLength][kBiflow][kMaximum], 60);
  EXPECT_EQ(document.features[kInterArrival][kUpstream][kMean], 0.0305);
  EXPECT_TRUE(std::isnan(document.features[kInterArrival][kDownstream][kMean]));
}

TEST(DocumentOfBiflow, NeedsAllPackets) {
  auto biflow = small_biflow();
  biflow.packets.pop_back();
  BiflowDocument document;
  try {
    fill_document(biflow, document);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "biflow 192.168.20.105,40001,203.0.113.7,443,6 keeps 2 of its 3 packets; its flow features need all "
                 "of them");
  }
}

}  // namespace
}  // namespace morgana::mirage_format
