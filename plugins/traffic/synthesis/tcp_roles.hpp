// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "synthesis/trace_series.hpp"

namespace morgana::synthesis {

/// When packets that a trace does not hold are added.
enum class Add : std::uint8_t {
  kAuto,  ///< where the trace has none of them
  kNever,
  kAlways,  ///< to every biflow; the trace's own zero-payload packets are then plain acknowledgements
};

struct TcpAdditions {
  Add handshake = Add::kAuto, acks = Add::kAuto, close = Add::kAuto;
};

/// Which packets of a trace open and close its connection, and what is to be added.
struct TcpRoles {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  bool holds_handshake = false;  ///< packet 0 is the SYN, packet 1 (where there is one) the SYN-ACK
  bool holds_empty = false;      ///< some packet has no payload
  /// The FIN of each direction, by `Direction`; no payload of that direction follows it.
  std::size_t fin[2] = {kNone, kNone};
  bool add_handshake = false, add_acks = false, add_close = false;
};

/// Finds the roles: from the channel FLAGS where the trace has it, else from place and payload.
///
/// Without FLAGS a trace opens with a handshake where its first packet is up, its second down, its third (where there
/// is one) up, and the first two are without payload. It ends in a close where its last packets, without payload, go
/// x, y, x or x, y, y, x. A trace that has any packet without payload is taken to hold all of its acknowledgements and
/// as much of the close as was seen.
TcpRoles find_tcp_roles(const TraceSeries& series, const TcpAdditions& additions);

}  // namespace morgana::synthesis
