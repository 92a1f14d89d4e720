// SPDX-License-Identifier: Apache-2.0
// Every short sequence of directions and payloads, before a judge that applies the rules of Wireshark's TCP analysis.
#include <gtest/gtest.h>

#include <functional>
#include <morgana/channels.hpp>

#include "packets/dissect.hpp"
#include "synthesis/tcp_conversation.hpp"

namespace morgana::synthesis {
namespace {

using packets::kAck;
using packets::kFin;
using packets::kPsh;
using packets::kSyn;

struct Given {
  float bytes, direction, window, seconds = 0.001f;
};

Traces one_trace(const std::vector<Given>& packets, bool windows) {
  TraceTable table;
  for (const char* name : {"PL", "IAT", "DIR"}) table.channels.push_back(standard_channel(name));
  if (windows) table.channels.push_back(standard_channel("WIN"));
  for (const auto& each : packets) {
    table.channels[0].values.push_back(each.bytes);
    table.channels[1].values.push_back(table.channels[1].values.empty() ? 0 : each.seconds);
    table.channels[2].values.push_back(each.direction);
    if (windows) table.channels[3].values.push_back(each.window);
  }
  table.offsets.push_back(packets.size());
  return Traces(std::move(table));
}

/// What Wireshark remembers of an end.
struct Seen {
  bool any = false, finished = false;
  std::uint32_t next = 0, acknowledged = 0, most_acknowledgeable = 0, window = 0, last_window_shift = 0;
};

/// "" where nothing is to be said against the conversation.
std::string judge(const std::vector<WirePacket>& packets, int shift, bool opens) {
  Seen ends[2];
  std::int64_t before = 0;
  for (const auto& packet : packets) {
    auto &from = ends[static_cast<int>(packet.direction)], &to = ends[1 - static_cast<int>(packet.direction)];
    const bool opening = (packet.flags & kSyn) != 0, closing = (packet.flags & kFin) != 0;
    const std::uint32_t used = packet.payload_bytes + (opening || closing ? 1 : 0);
    if (packet.nanoseconds < before) return "time goes back";
    before = packet.nanoseconds;
    if (packet.window == 0) return "zero window";
    if (from.any && packet.sequence != from.next) return "a sequence number that is not the next";
    if (from.finished && used > 0) return "something after FIN";
    if ((packet.flags & kAck) == 0 && !(opening && !to.any)) return "no acknowledgement";
    if (packet.payload_bytes == 0 && from.any && !opening && !closing && packet.acknowledged == from.acknowledged)
      return "duplicate acknowledgement or window update";
    if ((packet.flags & kAck) != 0 && to.any && static_cast<std::int32_t>(packet.acknowledged - to.next) > 0)
      return "acknowledges what was not sent";
    if (packet.payload_bytes > 0 && to.any && opens &&
        packet.sequence + packet.payload_bytes == to.acknowledged + (to.window << to.last_window_shift))
      return "window full";
    if ((packet.flags & kPsh) != 0 && packet.payload_bytes == 0) return "a push of nothing";
    from.any = true;
    from.finished |= closing;
    from.next = packet.sequence + used;
    from.acknowledged = packet.acknowledged;
    from.window = packet.window;
    from.last_window_shift = opening ? 0 : static_cast<std::uint32_t>(shift);
  }
  return "";
}

std::vector<WirePacket> packets_of(const Traces& traces, const TcpOptions& options, TcpPlan* used = nullptr) {
  const auto series = TraceChannels(traces, 1).series(0);
  PacketCounts counts;
  const auto plan = plan_tcp(series, options, counts);
  std::vector<WirePacket> packets;
  TcpConversation conversation(series, options, plan, 1000, 4'294'967'290u);  // the second wraps
  for (WirePacket packet; conversation.next(packet);) packets.push_back(packet);
  EXPECT_EQ(counts.total(), packets.size());
  if (used != nullptr) *used = plan;
  return packets;
}

/// Also that the trace's packets stand there, in order, as they were.
void expect_legal(const std::vector<Given>& given, const TcpOptions& options, bool windows) {
  TcpPlan plan;
  const auto packets = packets_of(one_trace(given, windows), options, &plan);
  const bool opens = plan.roles.add_handshake || plan.roles.holds_handshake;
  std::string text;
  for (const auto& each : given)
    text += fmt::format(" {}{}w{}", each.direction < 0 ? "up" : "down", each.bytes, each.window);
  ASSERT_EQ(judge(packets, plan.window_shift, opens), "") << text;
  std::size_t at = 0;
  for (const auto& packet : packets) {
    if (packet.origin != Origin::kTrace) continue;
    ASSERT_LT(at, given.size());
    ASSERT_EQ(packet.direction == Direction::kUp, given[at].direction < 0) << text;
    if (!packet.part) {
      ASSERT_EQ(static_cast<float>(packet.payload_bytes), given[at].bytes) << text;
    }
    ++at;
  }
  ASSERT_EQ(at, given.size()) << text;
}

void for_all_traces(std::size_t longest, const std::vector<Given>& kinds,
                    const std::function<void(const std::vector<Given>&)>& see) {
  std::vector<std::size_t> digits(1, 0);
  while (digits.size() <= longest) {
    std::vector<Given> trace;
    for (const auto digit : digits) trace.push_back(kinds[digit]);
    see(trace);
    if (::testing::Test::HasFatalFailure()) return;
    std::size_t place = 0;
    for (; place < digits.size() && ++digits[place] == kinds.size(); ++place) digits[place] = 0;
    if (place == digits.size()) digits.push_back(0);
  }
}

TEST(Tcp, AnyOrderOfPacketsIsLegal) {
  const std::vector<Given> kinds{{0, -1, 0}, {0, 1, 0}, {1, -1, 0}, {1, 1, 0}, {3000, -1, 0}, {3000, 1, 0}};
  for (const auto add : {Add::kAuto, Add::kNever, Add::kAlways}) {
    TcpOptions options;
    options.additions = {add, add, add};
    for_all_traces(6, kinds, [&](const auto& trace) { expect_legal(trace, options, false); });
  }
}

TEST(Tcp, AnyWindowsAreLegal) {
  // 2 and 256 fill themselves under scales 0 and 7 with payloads of 2, 256, 512, ...
  const std::vector<Given> kinds{{0, -1, 2}, {0, 1, 256}, {512, -1, 4}, {256, 1, 2}, {2, 1, 65535}};
  for (const auto add : {Add::kAuto, Add::kNever, Add::kAlways}) {
    TcpOptions options;
    options.additions = {add, add, add};
    for_all_traces(6, kinds, [&](const auto& trace) { expect_legal(trace, options, true); });
  }
}

TEST(Tcp, PausesAndBurstsAreLegal) {
  TcpOptions options;
  const std::vector<Given> kinds{{700, -1, 0, 0}, {1460, 1, 0, 0}, {1460, 1, 0, 0.03f}, {10, 1, 0, 9}};
  for_all_traces(6, kinds, [&](const auto& trace) { expect_legal(trace, options, false); });
}

TEST(Tcp, HandshakeAndCloseOfTheTraceAreFound) {
  const auto packets = packets_of(
      one_trace({{0, -1, 0}, {0, 1, 0}, {0, -1, 0}, {100, -1, 0}, {200, 1, 0}, {0, -1, 0}, {0, 1, 0}, {0, -1, 0}},
                false),
      {});
  ASSERT_EQ(packets.size(), 8u);
  const int flags[] = {kSyn, kSyn | kAck, kAck, kAck | kPsh, kAck | kPsh, kFin | kAck, kFin | kAck, kAck};
  for (std::size_t i = 0; i < packets.size(); ++i) EXPECT_EQ(packets[i].flags, flags[i]) << i;
  EXPECT_EQ(packets[5].acknowledged, 4'294'967'290u + 201);
}

TEST(Tcp, WhatATraceDoesNotHoldIsAdded) {
  const auto packets = packets_of(one_trace({{100, -1, 0}, {3000, 1, 0}}, false), {});
  std::string origins;
  for (const auto& packet : packets) origins += "tshac"[static_cast<int>(packet.origin)];
  EXPECT_EQ(origins, "hhhttssaccc");  // the close ends after the acknowledgement of three segments
  EXPECT_EQ(packets[4].payload_bytes, 1460u);
  EXPECT_EQ(packets[6].payload_bytes, 80u);
  EXPECT_EQ(packets[6].nanoseconds, packets[4].nanoseconds);
  EXPECT_EQ(packets[6].flags, kAck | kPsh);
  EXPECT_EQ(packets[5].flags, kAck);
}

TEST(Tcp, AcknowledgementsFallOnEndsOfSegmentsAndAreDelayed) {
  // Four segments, then two empty packets: two segments each.
  const auto kept =
      packets_of(one_trace({{100, 1, 0}, {200, 1, 0}, {300, 1, 0}, {400, 1, 0}, {0, -1, 0}, {0, -1, 0}}, false),
                 {.additions = {Add::kNever, Add::kAuto, Add::kNever}});
  const auto start = kept[0].sequence;
  EXPECT_EQ(kept[4].acknowledged - start, 300u);
  EXPECT_EQ(kept[5].acknowledged - start, 1000u);
  // One segment alone is acknowledged after 40 ms, two at once.
  const auto added = packets_of(one_trace({{100, 1, 0}, {200, 1, 0, 1.0f}, {300, 1, 0, 0.001f}, {1, -1, 0, 2}}, false),
                                {.additions = {Add::kNever, Add::kAuto, Add::kNever}});
  ASSERT_EQ(added.size(), 7u);
  EXPECT_EQ(added[1].origin, Origin::kAck);
  EXPECT_EQ(added[1].nanoseconds - added[0].nanoseconds, 40'000'000);
  EXPECT_EQ(added[4].origin, Origin::kAck);
  EXPECT_EQ(added[4].nanoseconds - added[3].nanoseconds, 50'000);
  EXPECT_EQ(added[6].origin, Origin::kAck);  // of the last byte up
}

TEST(Tcp, FlagsOfTheTraceDecideWhereItHasThem) {
  TraceTable table =
      one_trace({{0, -1, 0}, {0, 1, 0}, {0, -1, 0}, {5, -1, 0}, {7, 1, 0}, {9, -1, 0}, {0, 1, 0}}, false).table();
  table.channels.push_back(standard_channel("FLAGS"));
  table.channels[3].values = {16, 16, 16, 16, 24, 25, 17};  // no SYN; FIN with the last payload up, and a bare one down
  const auto packets = packets_of(Traces(table), {.additions = {Add::kNever, Add::kNever, Add::kAuto}});
  const int flags[] = {kAck, kAck, kAck, kAck, kAck | kPsh, kAck | kPsh | kFin, kAck | kFin};
  for (std::size_t i = 0; i < packets.size(); ++i) EXPECT_EQ(packets[i].flags, flags[i]) << i;
}

TEST(Tcp, TheScaleIsTheSmallestThatTheFlightNeeds) {
  TcpPlan plan;
  std::vector<Given> trace{{0, -1, 100}, {0, 1, 100}, {0, -1, 100}, {10, -1, 100}, {0, 1, 100}};
  packets_of(one_trace(trace, true), {}, &plan);
  EXPECT_EQ(plan.window_shift, 7);
  for (int i = 0; i < 20; ++i) trace.push_back({1460, -1, 100});  // 29200 bytes under way need 100 << 9
  packets_of(one_trace(trace, true), {}, &plan);
  EXPECT_EQ(plan.window_shift, 9);
}

}  // namespace
}  // namespace morgana::synthesis
