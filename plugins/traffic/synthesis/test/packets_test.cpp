// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <morgana/channels.hpp>

#include "packets/dissect.hpp"
#include "packets/documentation.hpp"
#include "synthesis/checksum.hpp"
#include "synthesis/filler.hpp"
#include "synthesis/frame.hpp"
#include "synthesis/trace_series.hpp"
#include "synthesis/udp_conversation.hpp"

namespace morgana::synthesis {
namespace {

TEST(Checksum, IsTheOneOfRfc1071) {
  // The example of RFC 1071, section 3: the sum is ddf2.
  const std::uint8_t bytes[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
  EXPECT_EQ(checksum_of(word_sum(bytes)), static_cast<std::uint16_t>(~0xddf2));
  EXPECT_EQ(checksum_of(word_sum(std::span(bytes).first(3))), static_cast<std::uint16_t>(~(0x0001 + 0xf200)));
}

TEST(Filler, SumsArePartsOfItsBytes) {
  for (const auto kind : {FillerKind::kText, FillerKind::kZero, FillerKind::kRandom}) {
    const Filler filler(kind, 5);
    for (const std::uint32_t bytes : {0u, 1u, 2u, 25u, 26u, 1459u, 1460u, 65507u, 65535u})
      for (const std::uint64_t packet : {0u, 1u, 77u}) {
        const auto piece = filler.piece(packet, bytes);
        EXPECT_EQ(checksum_of(piece.sum) % 65535, checksum_of(word_sum({piece.bytes, bytes})) % 65535) << bytes;
      }
  }
  const Filler text(FillerKind::kText, 5);
  const auto piece = text.piece(9, 30);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(piece.bytes), 30), "morgana synthetic payload morg");
  const Filler random(FillerKind::kRandom, 5);
  EXPECT_NE(random.piece(0, 8).bytes, random.piece(1, 8).bytes);
}

TEST(TraceSeries, TakesTheNearestPossibleAndCounts) {
  TraceTable table;
  for (const char* name : {"PL", "IAT", "DIR", "WIN"}) table.channels.push_back(standard_channel(name));
  table.channels[0].values = {-3, 10.4f, 10.5f, 1e30f, 7};
  table.channels[1].values = {0.5f, 1e-9f, -1, 1e30f, 0.25f};
  table.channels[2].values = {0, -0.2f, 0.2f, 1, -1};
  table.channels[3].values = {-1, 1.5f, 70000, 65535, 0};
  table.offsets = {0, 5};
  const Traces traces(std::move(table));
  const auto series = TraceChannels(traces, 1).series(0);
  const std::uint32_t payloads[] = {0, 10, 11, TraceSeries::kMostPayload, 7};
  const std::int64_t gaps[] = {0, 1, 0, 1'000'000'000'000'000, 250'000'000};
  const std::uint16_t windows[] = {0, 2, 65535, 65535, 0};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(series.payload(i), payloads[i]) << i;
    EXPECT_EQ(series.gap(i), gaps[i]) << i;
    EXPECT_EQ(series.window(i), windows[i]) << i;
    EXPECT_EQ(series.direction(i), i == 2 || i == 3 ? Direction::kDown : Direction::kUp) << i;
  }
  const auto faults = series.faults();
  EXPECT_EQ(faults.lengths, 2u);
  EXPECT_EQ(faults.fractions, 2u);
  EXPECT_EQ(faults.times, 2u);
  EXPECT_EQ(faults.first_times, 1u);
  EXPECT_EQ(faults.directions, 1u);
  EXPECT_EQ(faults.windows, 3u);
  EXPECT_EQ(TraceChannels(traces, 1000).series(0).gap(1), 0);
  table = {};
  table.channels.push_back(standard_channel("PL"));
  EXPECT_THROW(TraceChannels(Traces(std::move(table)), 1), Error);
}

TEST(Udp, SplitsOnlyWhatNoDatagramHolds) {
  TraceTable table;
  for (const char* name : {"PL", "IAT", "DIR"}) table.channels.push_back(standard_channel(name));
  table.channels[0].values = {0, 65507, 65508, 1};
  table.channels[1].values = {0, 0.5f, 0.25f, 0};
  table.channels[2].values = {1, -1, 1, 1};
  table.offsets = {0, 4};
  const Traces traces(std::move(table));
  UdpConversation conversation(TraceChannels(traces, 1).series(0));
  std::vector<WirePacket> packets;
  for (WirePacket packet; conversation.next(packet);) packets.push_back(packet);
  ASSERT_EQ(packets.size(), 5u);
  const std::uint32_t payloads[] = {0, 65507, 65507, 1, 1};
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(packets[i].payload_bytes, payloads[i]) << i;
  EXPECT_EQ(packets[3].origin, Origin::kSplit);
  EXPECT_EQ(packets[3].nanoseconds, 750'000'000);
}

TEST(Frame, HasItsHeadersAndTheFiller) {
  const auto key = packets::documentation_key(0, packets::kTcp, packets::IpVersion::k4, 443);
  FrameBuilder frames(key, {}, 1);
  const Filler filler(FillerKind::kText, 1);
  WirePacket packet;
  packet.payload_bytes = 3;
  packet.flags = packets::kAck | packets::kPsh;
  packet.sequence = 0x01020304;
  std::vector<std::uint8_t> bytes(frames.frame_bytes(packet));
  ASSERT_EQ(bytes.size(), 57u);
  frames.build(packet, filler.piece(0, 3), bytes.data());
  EXPECT_EQ(std::string(bytes.end() - 3, bytes.end()), "mor");
  EXPECT_EQ(bytes[0] << 16 | bytes[1] << 8 | bytes[2], 0x00005e);  // RFC 7042
  EXPECT_EQ(checksum_of(word_sum(std::span(bytes).subspan(14, 20))), 0);
  EXPECT_EQ(bytes[17], 43);
  EXPECT_EQ(bytes[38], 1);
  EXPECT_EQ(bytes[41], 4);
  // The second packet of a direction has the next identification.
  const int first = bytes[18] << 8 | bytes[19];
  frames.build(packet, filler.piece(1, 3), bytes.data());
  EXPECT_EQ((bytes[18] << 8 | bytes[19]), (first + 1) % 65536);
}

}  // namespace
}  // namespace morgana::synthesis
