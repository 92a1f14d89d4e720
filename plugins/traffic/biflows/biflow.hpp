// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "packets/dissect.hpp"

namespace morgana::biflows {

/// As MIRAGE counts it: 0 from the client (up), 1 to it (down).
enum class Direction : std::uint8_t { kUp = 0, kDown = 1 };

/// One packet of a biflow.
struct Packet {
  std::int64_t nanoseconds = 0;  ///< since 1970-01-01 UTC
  std::uint32_t ip_bytes = 0, payload_bytes = 0;
  std::uint16_t ip_header_bytes = 0, transport_header_bytes = 0, window = 0;
  std::uint8_t flags = 0;  ///< of TCP, `packets::TcpFlag`
  Direction direction = Direction::kUp;
};

/// Sums over all packets of one direction, also of those that are not kept.
struct Totals {
  std::uint64_t packets = 0, ip_bytes = 0, payload_bytes = 0;
  std::int64_t first_nanoseconds = 0, last_nanoseconds = 0;  ///< where `packets` > 0
  std::uint16_t maximum_segment = 0;                         ///< TCP's MSS option; 0: not seen
  std::int16_t window_shift = -1;                            ///< TCP's window scale option; -1: not seen

  void add(const Packet& packet) noexcept {
    first_nanoseconds = packets == 0 ? packet.nanoseconds : std::min(first_nanoseconds, packet.nanoseconds);
    last_nanoseconds = packets == 0 ? packet.nanoseconds : std::max(last_nanoseconds, packet.nanoseconds);
    ++packets;
    ip_bytes += packet.ip_bytes;
    payload_bytes += packet.payload_bytes;
  }
  void add(const Totals& other) noexcept;
  double duration_seconds() const noexcept { return static_cast<double>(last_nanoseconds - first_nanoseconds) * 1e-9; }
};

/// A bidirectional flow: all packets of one 5-tuple within one capture, or the part of them that ends with a time-out.
struct Biflow {
  packets::End client, server;
  std::uint8_t protocol = 0;
  Totals up, down;
  std::vector<Packet> packets{};              ///< the first ones, in the order of their times
  std::vector<std::uint8_t> payload{};        ///< of those packets, one after the other, cut as asked
  std::vector<std::uint32_t> payload_ends{};  ///< where each packet's ends; empty: none was kept

  /// Both directions together.
  Totals both() const;
  /// "ip,port,ip,port,protocol", client first: the key of MIRAGE.
  std::string key() const;
};

}  // namespace morgana::biflows
