// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "packets/flow_key.hpp"
#include "synthesis/filler.hpp"
#include "synthesis/wire_packet.hpp"

namespace morgana::synthesis {

/// What is the same in all frames of a biflow and stands in no trace.
struct FrameOptions {
  std::uint16_t maximum_segment = 1460;  ///< announced in the SYN
  std::uint8_t window_shift = 7;
  bool timestamps = false;  ///< TCP timestamps (RFC 7323)
};

/// Builds the Ethernet frames of one biflow: headers prepared once, checksums from sums.
class FrameBuilder {
 public:
  static constexpr std::size_t kEthernetBytes = 14;
  static constexpr std::size_t kMostHeaderBytes = kEthernetBytes + 40 + 60;

  /// `seed` gives the identification and flow label their start.
  FrameBuilder(const packets::FlowKey& key, const FrameOptions& options, std::uint64_t seed);

  std::size_t frame_bytes(const WirePacket& packet) const {
    return header_bytes_ + option_bytes(packet.flags) + packet.payload_bytes;
  }
  /// Writes a frame of `frame_bytes` to `to`.
  void build(const WirePacket& packet, const Filler::Piece& payload, std::uint8_t* to);

 private:
  /// One direction's headers, with zeros where packets differ, and the sums of what stands.
  struct Side {
    std::array<std::uint8_t, kEthernetBytes + 40 + 20> header{};
    std::uint32_t ip_sum = 0, pseudo_sum = 0;
    std::uint16_t identification = 0;
    std::uint32_t timestamp_start = 0, last_timestamp = 0;
  };

  std::size_t option_bytes(std::uint8_t flags) const;
  void write_options(const WirePacket& packet, std::uint8_t* to);
  void prepare(Side& side, Direction direction, const packets::FlowKey& key, std::uint64_t seed);

  FrameOptions options_;
  std::size_t header_bytes_, transport_at_;
  bool tcp_, ipv4_;
  std::array<Side, 2> sides_;
};

}  // namespace morgana::synthesis
