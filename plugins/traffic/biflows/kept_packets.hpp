// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "biflows/biflow.hpp"
#include "biflows/large_vector.hpp"
#include "packets/dissect.hpp"

namespace morgana::biflows {

/// Packets as they come, each with the number of its flow; then those of a flow side by side.
class KeptPackets {
 public:
  /// `payload_kept`: bytes kept of each packet's payload; 0: none.
  explicit KeptPackets(std::size_t payload_kept) : payload_kept_(payload_kept) {}

  /// Where the next packet is to be written.
  Packet& add(std::uint32_t flow) {
    if (last_.size == last_.packets.size()) add_chunk();
    last_.flows[last_.size] = flow;
    return last_.packets[last_.size++];
  }
  /// The payload of the packet added last.
  void add_payload(std::span<const std::uint8_t> payload);
  /// After the last packet: by flow, for flows 0 to `flows` - 1.
  void group(std::size_t flows);

  /// After `group`: puts the packets of a flow, and their payload, into a biflow, in the order they came.
  void read(std::uint32_t flow, Biflow& biflow) const;

 private:
  /// Packets of the first chunk, from which each is twice as large as the one before it, and of the largest, three huge
  /// pages: small captures take little, and growing moves nothing.
  static constexpr std::size_t kFirstChunk = 1 << 8, kLargestChunk = 1 << 18;
  /// Packets whose places are asked for in advance: enough to hide memory's latency.
  static constexpr std::size_t kAhead = 16;
  struct Chunk {
    LargeArray<Packet> packets;
    LargeArray<std::uint32_t> flows;
    std::size_t size = 0;  ///< written
  };

  void add_chunk();

  std::size_t payload_kept_;
  std::vector<Chunk> full_;
  Chunk last_;
  std::vector<std::uint8_t> payload_;
  std::vector<std::uint64_t> payload_ends_;  ///< of each packet, where payload is kept
  LargeArray<Packet> grouped_;
  std::vector<std::uint64_t> ends_;     ///< of each flow, in `grouped_`
  std::vector<std::uint64_t> numbers_;  ///< of each packet in `grouped_`, where payload is kept
};

}  // namespace morgana::biflows
