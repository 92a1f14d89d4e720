// SPDX-License-Identifier: Apache-2.0
#include "biflows/biflows.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "packets/documentation.hpp"

namespace morgana::biflows {
namespace {

/// Puts the packets of a biflow, and their payload with them, into the order of their times.
void sort_by_time(Biflow& biflow) {
  std::vector<std::uint32_t> order(biflow.packets.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return biflow.packets[a].nanoseconds < biflow.packets[b].nanoseconds; });
  Biflow sorted;
  for (const auto from : order) {
    sorted.packets.push_back(biflow.packets[from]);
    if (biflow.payload_ends.empty()) continue;
    const auto begin = from == 0 ? 0 : biflow.payload_ends[from - 1];
    sorted.payload.insert(sorted.payload.end(), biflow.payload.begin() + begin,
                          biflow.payload.begin() + biflow.payload_ends[from]);
    sorted.payload_ends.push_back(static_cast<std::uint32_t>(sorted.payload.size()));
  }
  biflow.packets.swap(sorted.packets);
  biflow.payload.swap(sorted.payload);
  biflow.payload_ends.swap(sorted.payload_ends);
}

}  // namespace

Biflows::Biflows(Assembly assembly, LargeVector<Flow> flows, LargeVector<More> more, KeptPackets packets, bool in_order)
    : assembly_(std::move(assembly)), flows_(std::move(flows)), more_(std::move(more)), packets_(std::move(packets)) {
  if (!in_order) sort();
}

/// A flow is met at its first packet; where times do not rise, that may not be its earliest.
void Biflows::sort() {
  std::vector<std::int64_t> first;
  Biflow biflow;
  for (std::uint32_t flow = 0; flow < flows_.size(); ++flow) {
    read_flow(flow, biflow);
    first.push_back(biflow.both().first_nanoseconds);
  }
  order_.resize(flows_.size());
  std::iota(order_.begin(), order_.end(), 0u);
  std::stable_sort(order_.begin(), order_.end(), [&](auto a, auto b) { return first[a] < first[b]; });
}

Biflow Biflows::operator[](std::size_t i) const {
  Biflow biflow;
  read(i, biflow);
  return biflow;
}

void Biflows::read(std::size_t i, Biflow& biflow) const {
  read_flow(order_.empty() ? static_cast<std::uint32_t>(i) : order_[i], biflow);
}

void Biflows::read_flow(std::uint32_t number, Biflow& biflow) const {
  const auto& flow = flows_[number];
  const bool low = low_is_client(flow);
  biflow.client = low ? flow.key.low() : flow.key.high();
  biflow.server = low ? flow.key.high() : flow.key.low();
  biflow.protocol = flow.key.protocol();
  packets_.read(number, biflow);
  if (!flow.sorted) sort_by_time(biflow);
  More sums = flow.more == 0 ? More{} : more_[flow.more - 1];
  for (auto& packet : biflow.packets) {
    sums[static_cast<std::size_t>(packet.direction)].add(packet);  // kUp: from the low end
    if (!low) packet.direction = packet.direction == Direction::kUp ? Direction::kDown : Direction::kUp;
  }
  biflow.up = sums[low ? 0 : 1];
  biflow.down = sums[low ? 1 : 0];
}

bool Biflows::low_is_client(const Flow& flow) const {
  const auto low = flow.key.low().address, high = flow.key.high().address;
  const auto is_named = [&](const packets::Address& address) {
    return std::find(assembly_.clients.begin(), assembly_.clients.end(), address) != assembly_.clients.end();
  };
  if (is_named(low) != is_named(high)) return is_named(low);
  if (assembly_.client == ClientRule::kFirstSender) return flow.low_is_client;
  if (low.is_private() != high.is_private()) return low.is_private();
  const bool low_is_written = packets::is_documentation_client(low);
  return low_is_written != packets::is_documentation_client(high) ? low_is_written : flow.low_is_client;
}

}  // namespace morgana::biflows
