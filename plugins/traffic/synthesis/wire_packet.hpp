// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace morgana::synthesis {

/// Who sends: up is from the client, DIR -1.
enum class Direction : std::uint8_t { kUp = 0, kDown = 1 };

constexpr Direction other(Direction direction) {
  return direction == Direction::kUp ? Direction::kDown : Direction::kUp;
}

/// Why a packet stands in the capture.
enum class Origin : std::uint8_t {
  kTrace,      ///< a packet of the trace, or the first part of one
  kSplit,      ///< a further part of a trace's packet that no segment or datagram holds
  kHandshake,  ///< added
  kAck,        ///< added
  kClose,      ///< added
  kOrigins
};

/// A packet of a conversation, before it has addresses and bytes.
struct WirePacket {
  std::int64_t nanoseconds = 0;  ///< since the conversation's first packet
  std::uint32_t payload_bytes = 0;
  std::uint32_t sequence = 0, acknowledged = 0;  ///< TCP
  std::uint16_t window = 0;                      ///< TCP
  std::uint8_t flags = 0;                        ///< TCP, `packets::TcpFlag`
  Direction direction = Direction::kUp;
  Origin origin = Origin::kTrace;
  bool window_from_trace = false;
  bool window_moved = false;  ///< by one: see `plan_tcp`
  bool part = false;          ///< of a split packet of the trace
  bool late_ack = false;      ///< acknowledges nothing new: see tcp_conversation.hpp
};

}  // namespace morgana::synthesis
