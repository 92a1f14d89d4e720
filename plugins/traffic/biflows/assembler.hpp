// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "biflows/assembly.hpp"
#include "biflows/biflow_key.hpp"
#include "biflows/biflows.hpp"
#include "biflows/flow_table.hpp"
#include "biflows/kept_packets.hpp"
#include "packets/dissect.hpp"

namespace morgana::biflows {

/// Puts packets into biflows, in one pass and in any order of biflows.
///
/// Memory: about 100 bytes a biflow and 28 bytes a kept packet, 24 more for a moment in the end.
class Assembler {
 public:
  explicit Assembler(Assembly assembly);

  /// Where to put the headers of the next packet, so that nothing is copied.
  packets::Segment& segment() noexcept { return waiting_[count_].segment; }
  /// Adds the packet whose headers lie in `segment()`. Times should rise, as in a capture; where they do not, packets
  /// are sorted in the end.
  void add(std::int64_t nanoseconds) {
    waiting_[count_].nanoseconds = nanoseconds;
    // Payload bytes are there only now.
    if (++count_ == kBatch || assembly_.payload_kept != 0) put_all();
  }
  void add(std::int64_t nanoseconds, const packets::Segment& of) {
    segment() = of;
    add(nanoseconds);
  }

  /// Biflows so far; the last packets may wait to be counted.
  std::size_t size() const noexcept { return table_.size(); }
  Biflows finish() &&;

 private:
  /// A packet that waits for its batch to fill.
  struct Waiting {
    packets::Segment segment;
    std::int64_t nanoseconds = 0;
    Sent sent;
    std::uint64_t hash = 0;
    FlowTable::Place place;
  };
  /// Packets that wait for each other's memory: enough to hide it, few enough for the nearest cache.
  static constexpr std::size_t kBatch = 64;

  void put_all();
  void put(const Waiting& waiting);
  bool ends_before(const Flow& flow, const Waiting& waiting) const;
  void note_options(const packets::Segment& segment, bool from_low, Flow& flow);
  More& more(Flow& flow);

  Assembly assembly_;
  std::int64_t idle_nanoseconds_;
  bool may_end_;             ///< before the capture does
  std::uint32_t most_kept_;  ///< packets of a flow
  FlowTable table_;
  KeptPackets packets_;
  LargeVector<More> more_;
  bool in_order_ = true;  ///< times have never fallen
  std::int64_t latest_;
  std::array<Waiting, kBatch> waiting_;
  std::size_t count_ = 0;
};

}  // namespace morgana::biflows
