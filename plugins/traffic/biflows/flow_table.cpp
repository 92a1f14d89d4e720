// SPDX-License-Identifier: Apache-2.0
#include "biflows/flow_table.hpp"

#include <limits>

#include "morgana/error.hpp"

namespace morgana::biflows {

/// The first slot from `slot` on that is empty, or whose flow may be that of the hash.
std::size_t FlowTable::next_slot(std::uint64_t hash, std::size_t slot) const noexcept {
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  while (slots_[slot].flow != 0 && slots_[slot].tag != tag) slot = (slot + 1) & (slots_.size() - 1);
  return slot;
}

FlowTable::Place FlowTable::place(std::uint64_t hash) const noexcept {
  const auto slot = next_slot(hash, hash & (slots_.size() - 1));
  if (slots_[slot].flow != 0) __builtin_prefetch(&flows_[slots_[slot].flow - 1], 1);
  return {slot, slots_.size()};
}

std::uint32_t FlowTable::search_or_add(const BiflowKey& key, std::uint64_t hash) {
  const auto mask = slots_.size() - 1;
  for (auto at = next_slot(hash, hash & mask);; at = next_slot(hash, (at + 1) & mask)) {
    auto& slot = slots_[at];
    if (slot.flow == 0) {
      const auto flow = add(key);
      slot = {static_cast<std::uint32_t>(hash >> 32), flow + 1};
      if (flows_.size() * 2 > slots_.size()) grow();
      return flow;
    }
    if (flows_[slot.flow - 1].key == key) return slot.flow - 1;
  }
}

std::uint32_t FlowTable::replace(std::uint32_t flow) {
  const auto key = flows_[flow].key;
  const auto mask = slots_.size() - 1;
  auto slot = key.hash() & mask;
  while (slots_[slot].flow != flow + 1) slot = (slot + 1) & mask;
  const auto newest = add(key);
  slots_[slot].flow = newest + 1;
  return newest;
}

std::uint32_t FlowTable::add(const BiflowKey& key) {
  if (flows_.size() == std::numeric_limits<std::uint32_t>::max() - 1) throw Error("more than 4 billion biflows");
  flows_.emplace_back().key = key;
  return static_cast<std::uint32_t>(flows_.size() - 1);
}

void FlowTable::grow() {
  LargeVector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const auto mask = slots_.size() - 1;
  for (const auto& slot : old) {
    if (slot.flow == 0) continue;
    auto at = flows_[slot.flow - 1].key.hash() & mask;
    while (slots_[at].flow != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

}  // namespace morgana::biflows
