// SPDX-License-Identifier: Apache-2.0
#include "biflows/assembler.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "morgana/error.hpp"

namespace morgana::biflows {
namespace {

constexpr std::size_t kFirstSlots = 1024;

/// Multiplies and folds (the mixing step of wyhash), eight bytes at a time.
std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a ^ 0xa0761d6478bd642f) * (b ^ 0xe7037ed1a0b428db);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t hash_of(const packets::End& low, const packets::End& high, std::uint32_t protocol) {
  std::uint64_t words[4];
  std::memcpy(words, low.address.bytes.data(), 16);
  std::memcpy(words + 2, high.address.bytes.data(), 16);
  const auto ports = std::uint64_t{low.port} << 32 | std::uint64_t{high.port} << 8 | protocol;
  return mixed(mixed(words[1], words[3]) ^ ports, mixed(words[0], words[2]));
}

bool is_less(const packets::End& a, const packets::End& b) {
  const int order = std::memcmp(a.address.bytes.data(), b.address.bytes.data(), 16);
  return order != 0 ? order < 0 : a.port < b.port;
}

void count(Totals& totals, std::int64_t nanoseconds, const packets::Segment& segment) {
  if (totals.packets++ == 0) {
    totals.first_nanoseconds = totals.last_nanoseconds = nanoseconds;
  } else {
    totals.first_nanoseconds = std::min(totals.first_nanoseconds, nanoseconds);
    totals.last_nanoseconds = std::max(totals.last_nanoseconds, nanoseconds);
  }
  totals.ip_bytes += segment.ip_bytes;
  totals.payload_bytes += segment.payload_bytes;
  if (segment.maximum_segment != 0) totals.maximum_segment = segment.maximum_segment;
  if (segment.window_shift >= 0) totals.window_shift = segment.window_shift;
}

}  // namespace

Totals Biflow::both() const {
  if (up.packets == 0) return down;
  if (down.packets == 0) return up;
  Totals sum = up;
  sum.packets += down.packets;
  sum.ip_bytes += down.ip_bytes;
  sum.payload_bytes += down.payload_bytes;
  sum.first_nanoseconds = std::min(up.first_nanoseconds, down.first_nanoseconds);
  sum.last_nanoseconds = std::max(up.last_nanoseconds, down.last_nanoseconds);
  return sum;
}

std::string Biflow::key() const {
  return fmt::format("{},{},{},{},{}", client.address.text(), client.port, server.address.text(), server.port,
                     protocol);
}

Assembler::Assembler(Assembly assembly)
    : assembly_(std::move(assembly)),
      idle_nanoseconds_(assembly_.idle_seconds > 0 && assembly_.idle_seconds < 9e9
                            ? std::llround(assembly_.idle_seconds * 1e9)
                            : std::numeric_limits<std::int64_t>::max()),
      slots_(kFirstSlots) {}

/// The flow of a key, counted from 0; the newest one, where there were several.
std::uint32_t Assembler::find_or_add(const Key& key, std::uint64_t hash) {
  const auto mask = slots_.size() - 1;
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  for (auto place = hash & mask;; place = (place + 1) & mask) {
    auto& slot = slots_[place];
    if (slot.flow == 0) {
      if (flows_.size() == std::numeric_limits<std::uint32_t>::max() - 1) throw Error("more than 4 billion biflows");
      slot = {tag, static_cast<std::uint32_t>(flows_.size() + 1)};
      flows_.emplace_back().key = key;
      const auto added = slot.flow - 1;
      if (flows_.size() * 2 > slots_.size()) grow();
      return added;
    }
    if (slot.tag == tag && flows_[slot.flow - 1].key == key) return slot.flow - 1;
  }
}

void Assembler::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const auto mask = slots_.size() - 1;
  for (const auto& slot : old) {
    if (slot.flow == 0) continue;
    const auto& key = flows_[slot.flow - 1].key;
    auto place = hash_of(key.low, key.high, key.protocol) & mask;
    while (slots_[place].flow != 0) place = (place + 1) & mask;
    slots_[place] = slot;
  }
}

std::int64_t Assembler::latest(const Flow& flow) {
  const auto& [low, high] = flow.totals;
  return low.packets == 0    ? high.last_nanoseconds
         : high.packets == 0 ? low.last_nanoseconds
                             : std::max(low.last_nanoseconds, high.last_nanoseconds);
}

/// Whether this packet starts another biflow of the same 5-tuple.
bool Assembler::starts_anew(const Flow& flow, std::int64_t nanoseconds, const packets::Segment& segment) const {
  if (static_cast<__int128>(nanoseconds) - latest(flow) > idle_nanoseconds_) return true;
  return assembly_.ends_at_close && flow.closed && (segment.flags & packets::kSyn) != 0 &&
         (segment.flags & packets::kAck) == 0;
}

void Assembler::add(std::int64_t nanoseconds, const packets::Segment& segment) {
  const bool from_low = !is_less(segment.target, segment.source);
  const Key key = from_low ? Key{segment.source, segment.target, segment.protocol}
                           : Key{segment.target, segment.source, segment.protocol};
  const auto hash = hash_of(key.low, key.high, key.protocol);
  auto index = find_or_add(key, hash);
  auto* flow = &flows_[index];
  bool first = flow->totals[0].packets + flow->totals[1].packets == 0;
  if (!first && starts_anew(*flow, nanoseconds, segment)) {
    const auto mask = slots_.size() - 1;
    auto place = hash & mask;
    while (slots_[place].flow != index + 1) place = (place + 1) & mask;
    flows_.emplace_back().key = key;
    index = static_cast<std::uint32_t>(flows_.size() - 1);
    slots_[place].flow = index + 1;
    flow = &flows_[index];
    first = true;
  }
  if (first) {
    const bool answers = (segment.flags & packets::kSyn) != 0 && (segment.flags & packets::kAck) != 0;
    flow->low_is_client = from_low != answers;
  } else if (nanoseconds < latest(*flow)) {
    flow->sorted = false;
  }
  count(flow->totals[from_low ? 0 : 1], nanoseconds, segment);
  if (assembly_.ends_at_close) {
    if ((segment.flags & packets::kFin) != 0) flow->fins |= from_low ? 1 : 2;
    if ((segment.flags & packets::kRst) != 0 || flow->fins == 3) flow->closed = true;
  }
  if (assembly_.packets_kept != 0 && flow->kept >= assembly_.packets_kept) return;
  ++flow->kept;
  kept_.push_back({{.nanoseconds = nanoseconds,
                    .ip_bytes = segment.ip_bytes,
                    .payload_bytes = segment.payload_bytes,
                    .ip_header_bytes = segment.ip_header_bytes,
                    .transport_header_bytes = segment.transport_header_bytes,
                    .window = segment.window,
                    .flags = segment.flags,
                    .direction = from_low ? Direction::kUp : Direction::kDown},
                   index});
  if (assembly_.payload_kept == 0) return;
  const auto bytes = segment.payload.first(std::min(segment.payload.size(), assembly_.payload_kept));
  payload_.insert(payload_.end(), bytes.begin(), bytes.end());
  payload_ends_.push_back(payload_.size());
}

bool Assembler::low_is_client(const Flow& flow) const {
  const auto named = [&](const packets::End& end) {
    return std::find(assembly_.clients.begin(), assembly_.clients.end(), end.address) != assembly_.clients.end();
  };
  const bool low = named(flow.key.low), high = named(flow.key.high);
  if (low != high) return low;
  if (assembly_.client == ClientRule::kPrivate) {
    const bool low_private = flow.key.low.address.is_private(), high_private = flow.key.high.address.is_private();
    if (low_private != high_private) return low_private;
  }
  return flow.low_is_client;
}

std::vector<Biflow> Assembler::finish() && {
  std::vector<Biflow> biflows(flows_.size());
  std::vector<bool> turned(flows_.size());
  for (std::size_t i = 0; i < flows_.size(); ++i) {
    const auto& flow = flows_[i];
    const bool low = low_is_client(flow);
    turned[i] = !low;
    biflows[i].client = low ? flow.key.low : flow.key.high;
    biflows[i].server = low ? flow.key.high : flow.key.low;
    biflows[i].protocol = static_cast<std::uint8_t>(flow.key.protocol);
    biflows[i].up = flow.totals[low ? 0 : 1];
    biflows[i].down = flow.totals[low ? 1 : 0];
    biflows[i].packets.reserve(flow.kept);
  }
  std::vector<std::vector<std::uint64_t>> places(payload_ends_.empty() ? 0 : flows_.size());
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    auto packet = kept_[i].packet;
    const auto flow = kept_[i].flow;
    if (turned[flow]) packet.direction = packet.direction == Direction::kUp ? Direction::kDown : Direction::kUp;
    biflows[flow].packets.push_back(packet);
    if (!places.empty()) places[flow].push_back(i);
  }
  std::vector<Kept>().swap(kept_);
  for (std::size_t i = 0; i < biflows.size(); ++i) {
    auto& packets = biflows[i].packets;
    std::vector<std::size_t> order;
    if (!flows_[i].sorted) {
      order.resize(packets.size());
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::stable_sort(order.begin(), order.end(),
                       [&](auto a, auto b) { return packets[a].nanoseconds < packets[b].nanoseconds; });
      std::vector<Packet> sorted;
      sorted.reserve(packets.size());
      for (const auto place : order) sorted.push_back(packets[place]);
      packets = std::move(sorted);
    }
    if (places.empty()) continue;
    for (std::size_t k = 0; k < places[i].size(); ++k) {
      const auto place = places[i][order.empty() ? k : order[k]];
      const auto begin = place == 0 ? 0 : payload_ends_[place - 1];
      biflows[i].payload.insert(biflows[i].payload.end(), payload_.begin() + static_cast<std::ptrdiff_t>(begin),
                                payload_.begin() + static_cast<std::ptrdiff_t>(payload_ends_[place]));
      biflows[i].payload_ends.push_back(static_cast<std::uint32_t>(biflows[i].payload.size()));
    }
  }
  // A flow is met at its first packet; where times do not rise, that is not the earliest.
  std::vector<std::size_t> order(biflows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto first = [&](std::size_t i) { return biflows[i].both().first_nanoseconds; };
  const auto earlier = [&](std::size_t a, std::size_t b) { return first(a) < first(b); };
  if (std::is_sorted(order.begin(), order.end(), earlier)) return biflows;
  std::stable_sort(order.begin(), order.end(), earlier);
  std::vector<Biflow> sorted;
  sorted.reserve(biflows.size());
  for (const auto place : order) sorted.push_back(std::move(biflows[place]));
  return sorted;
}

}  // namespace morgana::biflows
