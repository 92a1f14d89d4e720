// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "biflows/biflow.hpp"
#include "packets/dissect.hpp"

namespace morgana::biflows {

/// Which end of a biflow is its client, MIRAGE's phone.
enum class ClientRule : std::uint8_t {
  /// The private address, where exactly one is; else the one that written traffic has for its clients, where exactly
  /// one is (packets/documentation.hpp); else as kFirstSender.
  kPrivate,
  kFirstSender,  ///< who sent the first packet; where that is a SYN-ACK, who it was sent to
};

/// How packets become biflows. The defaults are MIRAGE's: one biflow a 5-tuple and capture, however long it is silent.
struct Assembly {
  ClientRule client = ClientRule::kPrivate;
  std::vector<packets::Address> clients{};  ///< addresses that are always the client; before `client`
  std::size_t packets_kept = 0;             ///< of each biflow, from its start; 0: all. Totals count all of them
  std::size_t payload_kept = 0;             ///< bytes of each kept packet; 0: none
  double idle_seconds = 0;                  ///< a longer silence ends a biflow; 0: never
  bool ends_at_close = false;               ///< a SYN after a RST, or after both ends' FIN, starts a new biflow
};

/// Puts packets into biflows, in one pass and in any order of biflows.
///
/// Memory: about 100 bytes a biflow and 32 bytes a kept packet; in the end 250 and 24 more.
class Assembler {
 public:
  explicit Assembler(Assembly assembly);

  /// Adds a packet. Times should rise, as in a capture; where they do not, packets are sorted in the end.
  void add(std::int64_t nanoseconds, const packets::Segment& segment);

  std::size_t size() const noexcept { return flows_.size(); }
  /// The biflows in the order of their first packets.
  Biflows finish() &&;

 private:
  /// Both directions of a 5-tuple alike: address and port of the lower end, then of the other, and the protocol; five
  /// words, which compare without a call.
  struct Key {
    std::array<std::uint64_t, 5> words{};
    bool operator==(const Key& other) const noexcept {
      std::uint64_t difference = 0;
      for (std::size_t i = 0; i < words.size(); ++i) difference |= words[i] ^ other.words[i];
      return difference == 0;
    }
    std::uint64_t hash() const noexcept;
    packets::End low() const noexcept;
    packets::End high() const noexcept;
    std::uint8_t protocol() const noexcept { return static_cast<std::uint8_t>(words[4]); }
  };
  /// One cache line: a packet of a random flow waits for memory, and for little else. What its kept packets add up to
  /// is summed in the end.
  struct alignas(64) Flow {
    Key key;
    std::int64_t latest = 0;     ///< time of its packets, where it has one
    std::uint32_t kept = 0;      ///< its first packet always is
    std::uint32_t more = 0;      ///< in `more_`, counted from 1; 0: nothing
    std::uint8_t fins = 0;       ///< bit 0: from the low end, bit 1: from the high one
    bool closed = false;         ///< a RST, or both FINs, went by
    bool low_is_client = false;  ///< by the first packet
    bool sorted = true;
  };
  /// Of packets that were not kept, and TCP's options: from the low end, from the high one.
  using More = std::array<Totals, 2>;
  /// A packet that waits for its batch to fill.
  struct Pending {
    Key key;
    std::uint64_t hash = 0;
    std::size_t place = 0;  ///< the slot to look at first
    Packet packet;          ///< its direction: kUp from the low end
    std::uint16_t maximum_segment = 0;
    std::int16_t window_shift = -1;
    std::span<const std::uint8_t> payload{};
  };
  struct Kept {
    Packet packet;
    std::uint32_t flow;
  };
  struct Slot {
    std::uint32_t tag = 0, flow = 0;  ///< `flow` counts from 1; 0: empty
  };
  /// Packets that wait for each other's memory: enough to hide it, few enough for the nearest cache.
  static constexpr std::size_t kBatch = 32;
  static constexpr std::size_t kChunk = 1 << 16;

  void put(const Pending& pending);
  void put_all();
  void keep(const Pending& pending, std::uint32_t flow);
  std::size_t place_of(std::uint64_t hash, std::size_t place) const;
  std::uint32_t find_or_add(const Pending& pending);
  void grow();
  bool starts_anew(const Flow& flow, const Packet& packet) const;
  std::uint32_t replace(std::uint32_t flow, const Pending& pending);
  bool low_is_client(const Flow& flow) const;
  More& more(Flow& flow);
  Biflow without_packets(const Flow& flow) const;
  struct Gathered;
  Gathered gather();
  void give_payload(std::span<const std::uint64_t> places, Biflow& biflow) const;

  Assembly assembly_;
  std::int64_t idle_nanoseconds_;
  LargeVector<Slot> slots_;
  LargeVector<Flow> flows_;
  std::vector<More> more_;
  std::array<Pending, kBatch> pending_;
  std::size_t waiting_ = 0;
  std::vector<LargeVector<Kept>> kept_;  ///< in chunks: growing moves nothing
  std::vector<std::uint8_t> payload_;
  std::vector<std::uint64_t> payload_ends_;  ///< of each kept packet, where payload is kept
};

}  // namespace morgana::biflows
