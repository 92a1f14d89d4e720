// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

#include "biflows/assembly.hpp"
#include "biflows/biflow.hpp"
#include "biflows/flow_table.hpp"
#include "biflows/kept_packets.hpp"

namespace morgana::biflows {

/// Of a flow, from the low end and from the high one: packets that were not kept, and TCP's options.
using More = std::array<Totals, 2>;

/// The biflows of a capture, in the order of their first packets. Each is put together when it is looked at.
class Biflows {
 public:
  /// Goes through the biflows once; the one it stands at is valid until it goes on.
  class Iterator {
   public:
    const Biflow& operator*() const noexcept { return biflow_; }
    Iterator& operator++() {
      if (++at_ < of_->size()) of_->read(at_, biflow_);
      return *this;
    }
    bool operator==(std::default_sentinel_t) const noexcept { return at_ == of_->size(); }

   private:
    friend class Biflows;
    explicit Iterator(const Biflows& of) : of_(&of) {
      if (!of.empty()) of.read(0, biflow_);
    }
    const Biflows* of_;
    std::size_t at_ = 0;
    Biflow biflow_;
  };

  std::size_t size() const noexcept { return flows_.size(); }
  bool empty() const noexcept { return flows_.empty(); }
  Biflow operator[](std::size_t i) const;
  Iterator begin() const { return Iterator(*this); }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  friend class Assembler;
  Biflows(Assembly assembly, LargeVector<Flow> flows, LargeVector<More> more, KeptPackets packets, bool in_order);
  void read(std::size_t i, Biflow& biflow) const;
  void read_flow(std::uint32_t flow, Biflow& biflow) const;
  void sort();
  bool low_is_client(const Flow& flow) const;

  Assembly assembly_;
  LargeVector<Flow> flows_;
  LargeVector<More> more_;
  KeptPackets packets_;
  std::vector<std::uint32_t> order_;  ///< of the flows, where it is not that of their numbers
};

}  // namespace morgana::biflows
