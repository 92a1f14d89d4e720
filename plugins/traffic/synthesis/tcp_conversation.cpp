// SPDX-License-Identifier: Apache-2.0
#include "synthesis/tcp_conversation.hpp"

#include <algorithm>
#include <limits>

#include "packets/dissect.hpp"

namespace morgana::synthesis {
namespace {

using packets::kAck;
using packets::kFin;
using packets::kPsh;
using packets::kSyn;

constexpr std::int64_t kMicrosecond = 1000, kMillisecond = 1'000'000;
/// From a packet's arrival to the answer of an end that has nothing to compute.
constexpr std::int64_t kTurnaround = 50 * kMicrosecond;
/// RFC 1122 4.2.3.2 allows 500 ms; Linux waits 40 ms.
constexpr std::int64_t kDelayedAck = 40 * kMillisecond;
/// A pause after which what follows is another write.
constexpr std::int64_t kWritePause = kMillisecond;
/// How many packets ahead an end looks for its own empty ones.
constexpr std::size_t kHorizon = 256;
constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();

}  // namespace

TcpConversation::TcpConversation(const TraceSeries& series, const TcpOptions& options, const TcpPlan& plan,
                                 std::uint32_t up_start, std::uint32_t down_start)
    : series_(series), options_(options), plan_(plan), phase_(plan.roles.add_handshake ? Phase::kSyn : Phase::kTrace) {
  const bool opens = plan.roles.add_handshake || plan.roles.holds_handshake;
  for (auto& each : ends_) {
    each.window = options.window;
    if (opens) each.sent = each.acknowledged = each.last_written = 0;
    // A SYN of the trace is one of its packets; an added one lies before them.
    each.cursor_end = plan.roles.holds_handshake ? 0 : 1;
  }
  ends_[0].start = up_start;
  ends_[1].start = down_start;
  if (!series_.has_windows()) return;
  bool found[2] = {false, false};
  for (std::size_t i = 0; i < series_.size() && !(found[0] && found[1]); ++i) {
    const auto way = static_cast<int>(series_.direction(i));
    if (found[way] || series_.window(i) == 0) continue;
    found[way] = true;
    ends_[way].window = series_.window(i);
  }
}

bool TcpConversation::next(WirePacket& packet) {
  packet = WirePacket{};
  const auto added = [&](Origin origin, Direction direction, std::int64_t after, int flags, Phase then) {
    now_ += after;
    packet.origin = origin;
    write(packet, direction, 0, static_cast<std::uint8_t>(flags));
    phase_ = then;
    return true;
  };
  switch (phase_) {
    case Phase::kSyn:
      return added(Origin::kHandshake, Direction::kUp, 0, kSyn, Phase::kSynAck);
    case Phase::kSynAck:
      return added(Origin::kHandshake, Direction::kDown, options_.round_trip, kSyn | kAck, Phase::kHandshakeAck);
    case Phase::kHandshakeAck:
      added(Origin::kHandshake, Direction::kUp, kTurnaround, kAck, Phase::kTrace);
      trace_time_ = now_ + kTurnaround;
      return true;
    case Phase::kTrace:
      if (next_of_trace(packet)) return true;
      if (!plan_.roles.add_close) break;
      [[fallthrough]];
    case Phase::kFin:
      return added(Origin::kClose, Direction::kUp, kMillisecond, kFin | kAck, Phase::kFinBack);
    case Phase::kFinBack:
      return added(Origin::kClose, Direction::kDown, options_.round_trip, kFin | kAck, Phase::kLastAck);
    case Phase::kLastAck:
      return added(Origin::kClose, Direction::kUp, kTurnaround, kAck, Phase::kDone);
    case Phase::kDone:
      break;
  }
  phase_ = Phase::kDone;
  return false;
}

bool TcpConversation::next_of_trace(WirePacket& packet) {
  if (at_ == series_.size()) return next_delayed_ack(packet, kForever);
  const std::uint32_t payload = series_.payload(at_);
  const bool first_part = left_ == 0;
  if (first_part) {
    const auto time = trace_time_ + series_.gap(at_);
    if (next_delayed_ack(packet, time)) return true;
    now_ = trace_time_ = time;
    left_ = payload;
  }
  const auto way = series_.direction(at_);
  auto& from = end(way);
  const std::uint32_t bytes = std::min(left_, options_.largest_segment);
  left_ -= bytes;
  packet.origin = first_part ? Origin::kTrace : Origin::kSplit;
  packet.part = payload > options_.largest_segment;
  if (series_.has_windows() && series_.window(at_) != 0) {
    from.window = series_.window(at_);
    packet.window_from_trace = true;
  }
  int flags = kAck;
  if (plan_.roles.holds_handshake && at_ < 2) flags = at_ == 0 ? kSyn : kSyn | kAck;
  if (left_ == 0 && plan_.roles.fin[static_cast<int>(way)] == at_) flags |= kFin;
  if (left_ == 0 && payload > 0 && ends_write(at_)) flags |= kPsh;
  ahead_ = at_ + 1;
  write(packet, way, bytes, static_cast<std::uint8_t>(flags));
  if (plan_.roles.add_acks && bytes > 0) {
    auto& to = end(other(way));
    if (to.waiting++ == 0) to.waiting_since = now_;
  }
  if (left_ == 0) ++at_;
  return true;
}

/// An acknowledgement that falls due before the trace's next packet, at the time `before`, is written.
bool TcpConversation::next_delayed_ack(WirePacket& packet, std::int64_t before) {
  for (const auto way : {Direction::kUp, Direction::kDown}) {
    const auto& from = end(way);
    if (from.waiting == 0) continue;
    // RFC 5681 4.2: every second segment at the latest.
    auto due = from.waiting > 1 ? now_ + kTurnaround : from.waiting_since + kDelayedAck;
    if (due >= before) {
      if (from.waiting == 1 || series_.direction(at_) == way) continue;  // the packet may carry it, or be the second
      due = before;
    }
    now_ = due;
    ahead_ = at_;
    packet.origin = Origin::kAck;
    write(packet, way, 0, kAck);
    return true;
  }
  return false;
}

void TcpConversation::write(WirePacket& packet, Direction direction, std::uint32_t payload, std::uint8_t flags) {
  auto& from = end(direction);
  packet.nanoseconds = now_;
  packet.direction = direction;
  packet.payload_bytes = payload;
  packet.flags = flags;
  packet.sequence = from.start + static_cast<std::uint32_t>(from.sent);
  packet.window = from.window;
  for (; moved_ < plan_.moved_windows.size() && plan_.moved_windows[moved_] == number_; ++moved_) {
    packet.window = static_cast<std::uint16_t>(packet.window == 65535 ? 1 : packet.window + 1);
    packet.window_moved = true;
    packet.window_from_trace = false;
  }
  ++number_;
  if ((flags & kAck) != 0) acknowledge(packet, payload == 0 && (flags & (kSyn | kFin)) == 0);
  from.sent += payload + ((flags & (kSyn | kFin)) != 0 ? 1 : 0);
  from.waiting = 0;
}

void TcpConversation::acknowledge(WirePacket& packet, bool needs_new) {
  auto &from = end(packet.direction), &to = end(other(packet.direction));
  const std::uint64_t available = to.sent - from.acknowledged;
  auto acknowledged = from.acknowledged;
  if (available > 0) {
    const auto keep_for = packets_to_keep_for(packet.direction, available);
    acknowledged = to.sent;
    if (keep_for > 0) {
      const auto share = std::max<std::uint64_t>(available / (keep_for + 1), needs_new ? 1 : 0);
      acknowledged = from.acknowledged + share;
      const auto whole = at_segment_end(packet.direction, acknowledged);
      if (whole > from.acknowledged) acknowledged = whole;
    }
    from.acknowledged = acknowledged;
  } else if (needs_new && from.wrote) {
    packet.late_ack = true;
    if (from.last_written == acknowledged) --acknowledged;
  }
  from.last_written = acknowledged;
  from.wrote = true;
  packet.acknowledged = to.start + static_cast<std::uint32_t>(acknowledged);
}

/// How many packets without payload this end will send beyond those that the other end's next bytes provide for.
std::uint64_t TcpConversation::packets_to_keep_for(Direction direction, std::uint64_t available) const {
  if (!plan_.roles.holds_empty) return 0;
  std::int64_t balance = 0, most = 0;
  const auto stop = std::min(series_.size(), ahead_ + kHorizon);
  for (std::size_t i = ahead_; i < stop && balance > -static_cast<std::int64_t>(kHorizon); ++i) {
    if (series_.direction(i) != direction) {
      balance -= sequence_numbers(i);
    } else if (sequence_numbers(i) == 0) {
      most = std::max(most, ++balance);
      if (static_cast<std::uint64_t>(most) >= available) break;
    }
  }
  return static_cast<std::uint64_t>(most);
}

/// The end of the last packet of the other end which ends at `limit` or before.
std::uint64_t TcpConversation::at_segment_end(Direction direction, std::uint64_t limit) {
  auto& from = end(direction);
  for (; from.cursor < series_.size(); ++from.cursor) {
    if (series_.direction(from.cursor) == direction) continue;
    const auto size = sequence_numbers(from.cursor);
    if (from.cursor_end + size > limit) break;
    from.cursor_end += size;
  }
  return from.cursor_end;
}

std::uint32_t TcpConversation::sequence_numbers(std::size_t packet) const {
  const auto& roles = plan_.roles;
  const bool opens = roles.holds_handshake && packet < 2;
  return series_.payload(packet) + (opens || roles.fin[0] == packet || roles.fin[1] == packet ? 1 : 0);
}

bool TcpConversation::ends_write(std::size_t packet) const {
  if (series_.has_flags()) return (series_.flags(packet) & kPsh) != 0;
  if (packet + 1 == series_.size() || series_.payload(packet) < options_.largest_segment) return true;
  return series_.direction(packet + 1) != series_.direction(packet) || series_.payload(packet + 1) == 0 ||
         series_.gap(packet + 1) > kWritePause;
}

}  // namespace morgana::synthesis
