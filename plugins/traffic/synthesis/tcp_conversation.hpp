// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "synthesis/tcp_roles.hpp"
#include "synthesis/trace_series.hpp"
#include "synthesis/wire_packet.hpp"

namespace morgana::synthesis {

/// What TCP conversations are made with.
struct TcpOptions {
  TcpAdditions additions;
  std::uint32_t largest_segment = 1460;  ///< payload bytes; above it a trace's packet is split
  std::uint16_t window = 65535;          ///< where the trace has none
  std::int64_t round_trip = 40'000'000;  ///< nanoseconds, of an added handshake and close
  std::int64_t tick = 1;                 ///< nanoseconds, the resolution of times
};

/// How one conversation is to be written; found by `plan_tcp`.
struct TcpPlan {
  TcpRoles roles;
  std::uint8_t window_shift = 7;  ///< both ends' window scale option
  /// Packets of the conversation whose window is one more than it would be, once for each mention, in order.
  std::vector<std::uint32_t> moved_windows{};
};

/// Turns a trace into the segments of a TCP connection, one after the other, with a memory of a few numbers.
///
/// Any sequence of (direction, payload length) becomes legal TCP in which nothing is lost, repeated or out of order:
///
/// - Sequence numbers count what was sent; a packet acknowledges what the other end had sent by then.
/// - Two packets without payload of one end, with the same sequence and acknowledgement number, would be a duplicate
///   acknowledgement (RFC 5681) or a window update. So an end that is about to send several keeps back some of what
///   it could acknowledge: of n such packets before the other end sends again, each acknowledges an n-th, at the end
///   of a segment where there are enough of them.
/// - Where the other end has sent too little for that, the packet is a late one: it repeats an acknowledgement older
///   than the last, as a packet that another has overtaken on its way. `WirePacket::late_ack` says so.
class TcpConversation {
 public:
  TcpConversation(const TraceSeries& series, const TcpOptions& options, const TcpPlan& plan, std::uint32_t up_start,
                  std::uint32_t down_start);

  /// Makes the next segment; false after the last.
  bool next(WirePacket& packet);

 private:
  struct End {
    std::uint32_t start = 0;         ///< initial sequence number
    std::uint64_t sent = 1;          ///< sequence numbers used, SYN and FIN included
    std::uint64_t acknowledged = 1;  ///< of the other end's
    std::uint64_t last_written = 1;  ///< acknowledgement of this end's last packet: `acknowledged` or one less
    bool wrote = false;              ///< has sent a packet with an acknowledgement
    std::uint16_t window = 0;        ///< of its last packet; before it, what its first will have
    std::uint32_t waiting = 0;       ///< segments of the other end since this end's last packet
    std::int64_t waiting_since = 0;
    /// The other end's packets of the trace before `cursor` end at its sequence number `cursor_end`.
    std::size_t cursor = 0;
    std::uint64_t cursor_end = 1;
  };
  enum class Phase : std::uint8_t { kSyn, kSynAck, kHandshakeAck, kTrace, kFin, kFinBack, kLastAck, kDone };

  End& end(Direction direction) { return ends_[static_cast<int>(direction)]; }
  bool next_of_trace(WirePacket& packet);
  bool next_delayed_ack(WirePacket& packet, std::int64_t before);
  void write(WirePacket& packet, Direction direction, std::uint32_t payload, std::uint8_t flags);
  void acknowledge(WirePacket& packet, bool needs_new);
  std::uint64_t packets_to_keep_for(Direction direction, std::uint64_t available) const;
  std::uint64_t at_segment_end(Direction direction, std::uint64_t limit);
  std::uint32_t sequence_numbers(std::size_t packet) const;
  bool ends_write(std::size_t packet) const;

  TraceSeries series_;
  TcpOptions options_;
  TcpPlan plan_;
  End ends_[2];
  Phase phase_;
  std::size_t at_ = 0;           ///< the trace's packet that is next, or being split
  std::size_t ahead_ = 0;        ///< the first of the trace after the packet that is being written
  std::uint32_t left_ = 0;       ///< bytes of a split packet still to write
  std::int64_t now_ = 0;         ///< time of the packet written last
  std::uint32_t number_ = 0;     ///< of the packet that is written next
  std::size_t moved_ = 0;        ///< the next of `moved_windows`
  std::int64_t trace_time_ = 0;  ///< time of the trace's last packet
};

/// Counts over the packets of a conversation, by origin and kind.
struct PacketCounts {
  std::uint64_t packets[static_cast<int>(Origin::kOrigins)] = {};
  std::uint64_t with_payload = 0, part_packets = 0, split_packets = 0, windows_from_trace = 0, late_acks = 0,
                moved_windows = 0;
  void count(const WirePacket& packet);
  void add(const PacketCounts& others);
  std::uint64_t total() const;
};

/// Finds roles and window scale of a trace, and counts its packets.
///
/// The scale is the smallest from 7 on under which no end has more under way than the other's window allows; where
/// none is large enough, 14. A flight that fills a window to the byte would read as "window full": such scales are
/// avoided, and where all are such, the windows in question are moved by one.
TcpPlan plan_tcp(const TraceSeries& series, const TcpOptions& options, PacketCounts& counts);

}  // namespace morgana::synthesis
