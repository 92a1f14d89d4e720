// SPDX-License-Identifier: Apache-2.0
#include "biflows/kept_packets.hpp"

#include <algorithm>
#include <utility>

namespace morgana::biflows {

void KeptPackets::add_chunk() {
  const auto size = last_.size == 0 ? kFirstChunk : std::min(kLargestChunk, 2 * last_.size);
  if (last_.size != 0) full_.push_back(std::move(last_));
  last_ = {LargeArray<Packet>(size), LargeArray<std::uint32_t>(size)};
}

void KeptPackets::add_payload(std::span<const std::uint8_t> payload) {
  if (payload_kept_ == 0) return;
  const auto bytes = payload.first(std::min(payload.size(), payload_kept_));
  payload_.insert(payload_.end(), bytes.begin(), bytes.end());
  payload_ends_.push_back(payload_.size());
}

/// A counting sort; the memory of what was sorted is given back on the way.
void KeptPackets::group(std::size_t flows) {
  full_.push_back(std::move(last_));
  ends_.assign(flows + 1, 0);
  for (const auto& chunk : full_)
    for (std::size_t i = 0; i < chunk.size; ++i) ++ends_[chunk.flows[i] + 1];
  for (std::size_t flow = 0; flow < flows; ++flow) ends_[flow + 1] += ends_[flow];
  grouped_ = LargeArray<Packet>(ends_.back());
  ends_.pop_back();  // now where each flow begins; each of its packets moves it on
  if (payload_kept_ != 0) numbers_.resize(grouped_.size());
  std::uint64_t number = 0;
  for (auto& chunk : full_) {
    for (std::size_t i = 0; i < chunk.size; ++i) {
      if (i + kAhead < chunk.size) __builtin_prefetch(&grouped_[ends_[chunk.flows[i + kAhead]]], 1);
      const auto to = ends_[chunk.flows[i]]++;
      grouped_[to] = chunk.packets[i];
      if (payload_kept_ != 0) numbers_[to] = number++;
    }
    chunk = {};
  }
  full_.clear();
}

void KeptPackets::read(std::uint32_t flow, Biflow& biflow) const {
  const auto begin = flow == 0 ? 0 : ends_[flow - 1], end = ends_[flow];
  biflow.packets.assign(grouped_.data() + begin, grouped_.data() + end);
  biflow.payload.clear();
  biflow.payload_ends.clear();
  if (payload_kept_ == 0) return;
  for (auto i = begin; i < end; ++i) {
    const auto number = numbers_[i];
    const auto from = number == 0 ? 0 : payload_ends_[number - 1];
    biflow.payload.insert(biflow.payload.end(), payload_.begin() + static_cast<std::ptrdiff_t>(from),
                          payload_.begin() + static_cast<std::ptrdiff_t>(payload_ends_[number]));
    biflow.payload_ends.push_back(static_cast<std::uint32_t>(biflow.payload.size()));
  }
}

}  // namespace morgana::biflows
