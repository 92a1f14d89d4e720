// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "biflows/biflow.hpp"
#include "packets/dissect.hpp"

namespace morgana::biflows {

/// Which end of a biflow is its client, MIRAGE's phone.
enum class ClientRule : std::uint8_t {
  kPrivate,      ///< the private address, where exactly one is; else as kFirstSender
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
/// Memory: a few hundred bytes a biflow and 32 bytes a kept packet.
class Assembler {
 public:
  explicit Assembler(Assembly assembly);

  /// Adds a packet. Times should rise, as in a capture; where they do not, packets are sorted in the end.
  void add(std::int64_t nanoseconds, const packets::Segment& segment);

  std::size_t size() const noexcept { return flows_.size(); }
  /// The biflows in the order of their first packets.
  std::vector<Biflow> finish() &&;

 private:
  /// Both directions of a 5-tuple alike: the lower end first.
  struct Key {
    packets::End low, high;
    std::uint32_t protocol = 0;
    bool operator==(const Key&) const = default;
  };
  struct Flow {
    Key key;
    std::uint32_t kept = 0;
    std::uint8_t fins = 0;       ///< bit 0: from the low end, bit 1: from the high one
    bool closed = false;         ///< a RST, or both FINs, went by
    bool low_is_client = false;  ///< by the first packet
    bool sorted = true;
    Totals totals[2];  ///< from the low end, from the high one
  };
  struct Kept {
    Packet packet;  ///< its direction: kUp from the low end
    std::uint32_t flow;
  };
  struct Slot {
    std::uint32_t tag = 0, flow = 0;  ///< `flow` counts from 1; 0: empty
  };

  std::uint32_t find_or_add(const Key& key, std::uint64_t hash);
  void grow();
  static std::int64_t latest(const Flow& flow);  ///< of a flow that has a packet
  bool starts_anew(const Flow& flow, std::int64_t nanoseconds, const packets::Segment& segment) const;
  bool low_is_client(const Flow& flow) const;

  Assembly assembly_;
  std::int64_t idle_nanoseconds_;
  std::vector<Slot> slots_;
  std::vector<Flow> flows_;
  std::vector<Kept> kept_;
  std::vector<std::uint8_t> payload_;
  std::vector<std::uint64_t> payload_ends_;  ///< of each kept packet, where payload is kept
};

}  // namespace morgana::biflows
