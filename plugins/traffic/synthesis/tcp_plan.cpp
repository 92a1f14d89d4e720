// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "packets/dissect.hpp"
#include "synthesis/tcp_conversation.hpp"

namespace morgana::synthesis {
namespace {

constexpr int kUsualShift = 7, kMostShift = 14;  // RFC 7323 2.3

/// Follows a conversation as a dissector would, which knows of each end its last window and acknowledgement.
class Follower {
 public:
  /// Bit s of `filled`: under shift s some flight fills a window to the byte; `needed` is the least that suffices.
  std::uint32_t filled = 0;
  int needed = 0;
  std::vector<std::uint32_t> fillers;  ///< numbers of the packets whose window is filled under `shift`

  explicit Follower(int shift) : shift_(shift) {}

  void follow(const WirePacket& packet) {
    const auto way = static_cast<std::size_t>(packet.direction);
    if (const auto& to = ends_[1 - way]; packet.payload_bytes > 0 && to.seen) {
      const std::uint64_t flight = packet.sequence + packet.payload_bytes - to.acknowledged;
      for (int shift = 0; shift <= kMostShift; ++shift) {
        const std::uint64_t window = std::uint64_t{to.window} << shift;
        if (window == flight) filled |= 1u << shift;
        if (window < flight) needed = std::max(needed, shift + 1);
      }
      // The window of a SYN is never scaled.
      if (std::uint64_t{to.window} << shift_ == flight || (to.opening && to.window == flight))
        fillers.push_back(to.number);
    }
    ends_[way] = {packet.acknowledged, number_++, packet.window, true, (packet.flags & packets::kSyn) != 0};
  }

 private:
  struct End {
    std::uint32_t acknowledged = 0, number = 0;
    std::uint16_t window = 0;
    bool seen = false, opening = false;
  };
  End ends_[2];
  std::uint32_t number_ = 0;
  int shift_;
};

/// The first shift that is large enough and never filled, else any that is never filled, else the first.
int choose_shift(const Follower& follower) {
  const int first = std::clamp(follower.needed, kUsualShift, kMostShift);
  for (int shift = first; shift <= kMostShift; ++shift)
    if ((follower.filled >> shift & 1) == 0) return shift;
  for (int shift = first - 1; shift >= 0; --shift)
    if ((follower.filled >> shift & 1) == 0) return shift;
  return first;
}

}  // namespace

void PacketCounts::count(const WirePacket& packet) {
  ++packets[static_cast<int>(packet.origin)];
  with_payload += packet.payload_bytes > 0;
  part_packets += packet.part;
  split_packets += packet.part && packet.origin == Origin::kTrace;
  windows_from_trace += packet.window_from_trace;
  late_acks += packet.late_ack;
  moved_windows += packet.window_moved;
}

void PacketCounts::add(const PacketCounts& others) {
  for (int i = 0; i < static_cast<int>(Origin::kOrigins); ++i) packets[i] += others.packets[i];
  with_payload += others.with_payload;
  part_packets += others.part_packets;
  split_packets += others.split_packets;
  windows_from_trace += others.windows_from_trace;
  late_acks += others.late_acks;
  moved_windows += others.moved_windows;
}

std::uint64_t PacketCounts::total() const {
  std::uint64_t sum = 0;
  for (const auto each : packets) sum += each;
  return sum;
}

TcpPlan plan_tcp(const TraceSeries& series, const TcpOptions& options, PacketCounts& counts) {
  TcpPlan plan;
  plan.roles = find_tcp_roles(series, options.additions);
  const bool opens = plan.roles.add_handshake || plan.roles.holds_handshake;
  constexpr int kPasses = 8;  // a moved window can be filled by another flight, seldom twice
  for (int pass = 0;; ++pass) {
    PacketCounts found;
    Follower follower(plan.window_shift);
    WirePacket packet;
    for (TcpConversation conversation(series, options, plan, 0, 0); conversation.next(packet);) {
      found.count(packet);
      // Without its SYN the scale is not known, so nobody can tell whether a window is full.
      if (opens) follower.follow(packet);
    }
    const int shift = pass == 0 && opens ? choose_shift(follower) : plan.window_shift;
    const bool done = pass == kPasses || (shift == plan.window_shift && follower.fillers.empty());
    if (done) {
      counts.add(found);
      return plan;
    }
    if (shift != plan.window_shift) {
      plan.window_shift = static_cast<std::uint8_t>(shift);
      continue;
    }
    auto& moved = plan.moved_windows;
    std::sort(follower.fillers.begin(), follower.fillers.end());
    follower.fillers.erase(std::unique(follower.fillers.begin(), follower.fillers.end()), follower.fillers.end());
    moved.insert(moved.end(), follower.fillers.begin(), follower.fillers.end());
    std::sort(moved.begin(), moved.end());
  }
}

}  // namespace morgana::synthesis
