// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "synthesis/trace_series.hpp"
#include "synthesis/wire_packet.hpp"

namespace morgana::synthesis {

/// Turns a trace into UDP datagrams, one a packet.
///
/// A datagram above the MTU stays whole, as a capture with receive offload holds it: in fragments it would be several
/// packets to whoever counts them. Only what no datagram can hold is split.
class UdpConversation {
 public:
  static constexpr std::uint32_t kLargestDatagram = 65507;  ///< 65535 less the headers of IPv4 and UDP

  explicit UdpConversation(const TraceSeries& series) : series_(series) {}

  bool next(WirePacket& packet) {
    if (at_ == series_.size()) return false;
    const bool first_part = left_ == 0;
    packet = WirePacket{};
    if (first_part) {
      time_ += series_.gap(at_);
      left_ = series_.payload(at_);
    }
    packet.part = series_.payload(at_) > kLargestDatagram;
    packet.nanoseconds = time_;
    packet.payload_bytes = std::min(left_, kLargestDatagram);
    packet.direction = series_.direction(at_);
    packet.origin = first_part ? Origin::kTrace : Origin::kSplit;
    left_ -= packet.payload_bytes;
    if (left_ == 0) ++at_;
    return true;
  }

 private:
  TraceSeries series_;
  std::size_t at_ = 0;
  std::uint32_t left_ = 0;
  std::int64_t time_ = 0;
};

}  // namespace morgana::synthesis
