// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "biflows/biflow_key.hpp"
#include "biflows/large_vector.hpp"

namespace morgana::biflows {

/// What is known of a biflow while its packets come. One cache line: a packet of a random flow waits for memory, and
/// for little else.
struct alignas(64) Flow {
  BiflowKey key;
  std::int64_t latest = 0;     ///< time of its packets, where it has one
  std::uint32_t kept = 0;      ///< packets; its first always is
  std::uint32_t more = 0;      ///< its `More`, counted from 1; 0: it has none
  std::uint8_t fins = 0;       ///< bit 0: from the low end, bit 1: from the high one
  bool closed = false;         ///< a RST, or both FINs, went by
  bool low_is_client = false;  ///< by the first packet
  bool sorted = true;          ///< its packets came in the order of their times
};

/// Flows, numbered in the order of their first packets, and found by their keys; where there were several of a key, the
/// newest is found. A hash table with open addressing.
///
/// To look for many at once, `prefetch` all, then `place` all, then ask `likely` or `find_or_add` each: what does not
/// depend on each other is waited for together.
class FlowTable {
 public:
  std::size_t size() const noexcept { return flows_.size(); }
  Flow& operator[](std::uint32_t flow) noexcept { return flows_[flow]; }
  LargeVector<Flow> flows() && { return std::move(flows_); }

  void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]); }
  /// Where to go on looking; it holds until the table grows, and is then no more than a place to begin.
  struct Place {
    std::size_t slot = 0, slots = 0;
  };
  /// Asks for the memory of the flow that the hash most likely stands for.
  Place place(std::uint64_t hash) const noexcept;
  /// The flow at a place, which most likely is the one; null where there is none yet.
  const Flow* likely(Place place) const noexcept {
    const auto flow = slots_[place.slot].flow;
    return flow == 0 ? nullptr : &flows_[flow - 1];
  }
  /// The number of the key's flow; a new one where there is none.
  std::uint32_t find_or_add(const BiflowKey& key, std::uint64_t hash, Place place) {
    if (place.slots == slots_.size()) {
      const auto flow = slots_[place.slot].flow;
      if (flow != 0 && flows_[flow - 1].key == key) return flow - 1;
    }
    return search_or_add(key, hash);
  }
  /// A new flow of the same key; the old one stays what it is, and is no longer found.
  std::uint32_t replace(std::uint32_t flow);

 private:
  struct Slot {
    std::uint32_t tag = 0, flow = 0;  ///< `flow` counts from 1; 0: empty
  };
  static constexpr std::size_t kFirstSlots = 1024;

  std::size_t next_slot(std::uint64_t hash, std::size_t slot) const noexcept;
  std::uint32_t search_or_add(const BiflowKey& key, std::uint64_t hash);
  std::uint32_t add(const BiflowKey& key);
  void grow();

  LargeVector<Slot> slots_ = LargeVector<Slot>(kFirstSlots);
  LargeVector<Flow> flows_;
};

}  // namespace morgana::biflows
