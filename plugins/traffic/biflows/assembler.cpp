// SPDX-License-Identifier: Apache-2.0
#include "biflows/assembler.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "morgana/error.hpp"
#include "packets/documentation.hpp"

namespace morgana::biflows {
namespace {

constexpr std::size_t kFirstSlots = 1024;

/// Multiplies and folds (the mixing step of wyhash).
std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a ^ 0xa0761d6478bd642f) * (b ^ 0xe7037ed1a0b428db);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

struct EndWords {
  std::uint64_t high, low;
  std::uint16_t port;
  auto operator<=>(const EndWords&) const = default;
};

EndWords words_of(const packets::End& end) {
  EndWords words{0, 0, end.port};
  std::memcpy(&words.high, end.address.bytes.data(), 8);
  std::memcpy(&words.low, end.address.bytes.data() + 8, 8);
  return words;
}

packets::End end_of(std::uint64_t high, std::uint64_t low, std::uint64_t port) {
  packets::End end;
  std::memcpy(end.address.bytes.data(), &high, 8);
  std::memcpy(end.address.bytes.data() + 8, &low, 8);
  end.port = static_cast<std::uint16_t>(port);
  return end;
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

std::string Biflow::key() const { return packets::FlowKey{client, server, protocol}.text(); }

void Assembler::Sums::add(const Packet& packet) {
  if (packets == std::numeric_limits<std::uint32_t>::max()) throw Error("a biflow of more than 4 billion packets");
  if (packets++ == 0) first_nanoseconds = last_nanoseconds = packet.nanoseconds;
  first_nanoseconds = std::min(first_nanoseconds, packet.nanoseconds);
  last_nanoseconds = std::max(last_nanoseconds, packet.nanoseconds);
  ip_bytes += packet.ip_bytes;
  payload_bytes += packet.payload_bytes;
}

Totals Assembler::Sums::totals() const noexcept {
  return {packets, ip_bytes, payload_bytes, first_nanoseconds, last_nanoseconds, maximum_segment, window_shift};
}

std::uint64_t Assembler::Key::hash() const noexcept {
  return mixed(mixed(words[1], words[3]) ^ words[4], mixed(words[0], words[2]));
}
packets::End Assembler::Key::low() const noexcept { return end_of(words[0], words[1], words[4] >> 48); }
packets::End Assembler::Key::high() const noexcept { return end_of(words[2], words[3], words[4] >> 32 & 0xffff); }

Assembler::Assembler(Assembly assembly)
    : assembly_(std::move(assembly)),
      idle_nanoseconds_(assembly_.idle_seconds > 0 && assembly_.idle_seconds < 9e9
                            ? std::llround(assembly_.idle_seconds * 1e9)
                            : std::numeric_limits<std::int64_t>::max()),
      slots_(kFirstSlots) {}

void Assembler::add(std::int64_t nanoseconds, const packets::Segment& segment) {
  auto& pending = pending_[waiting_++];
  const auto source = words_of(segment.source), target = words_of(segment.target);
  const bool from_low = source <= target;
  const auto& low = from_low ? source : target;
  const auto& high = from_low ? target : source;
  pending.key.words = {low.high, low.low, high.high, high.low,
                       std::uint64_t{low.port} << 48 | std::uint64_t{high.port} << 32 | segment.protocol};
  pending.hash = pending.key.hash();
  pending.packet = {.nanoseconds = nanoseconds,
                    .ip_bytes = segment.ip_bytes,
                    .payload_bytes = segment.payload_bytes,
                    .ip_header_bytes = segment.ip_header_bytes,
                    .transport_header_bytes = segment.transport_header_bytes,
                    .window = segment.window,
                    .flags = segment.flags,
                    .direction = from_low ? Direction::kUp : Direction::kDown};
  pending.maximum_segment = segment.maximum_segment;
  pending.window_shift = segment.window_shift;
  pending.payload = segment.payload;
  // Payload bytes are there only now.
  if (waiting_ == kBatch || assembly_.payload_kept != 0) put_all();
}

/// Looks at the memory of all waiting packets first: loads that do not depend on each other wait together.
void Assembler::put_all() {
  const auto mask = slots_.size() - 1;
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < waiting_; ++i) seen |= slots_[pending_[i].hash & mask].tag;
  for (std::size_t i = 0; i < waiting_; ++i) {
    const auto place = place_of(pending_[i].hash, pending_[i].hash & mask);
    pending_[i].place = place;
    if (slots_[place].flow == 0) continue;
    const auto& first = flows_[slots_[place].flow - 1];
    seen |= first.key.words[0] | first.sums[1].ip_bytes;
  }
  asm volatile("" : : "r"(seen));  // they are not to be left out
  const auto slots = slots_.size();
  for (std::size_t i = 0; i < waiting_; ++i) {
    if (slots_.size() != slots) pending_[i].place = pending_[i].hash & (slots_.size() - 1);  // it has grown since
    put(pending_[i]);
  }
  waiting_ = 0;
}

/// The first slot from `place` on that is empty, or whose flow may be that of the hash.
std::size_t Assembler::place_of(std::uint64_t hash, std::size_t place) const {
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  while (slots_[place].flow != 0 && slots_[place].tag != tag) place = (place + 1) & (slots_.size() - 1);
  return place;
}

/// The flow of a packet, counted from 0; the newest one of its key, where there were several.
std::uint32_t Assembler::find_or_add(const Pending& pending) {
  for (auto place = place_of(pending.hash, pending.place);;
       place = place_of(pending.hash, (place + 1) & (slots_.size() - 1))) {
    auto& slot = slots_[place];
    if (slot.flow != 0) {
      if (flows_[slot.flow - 1].key == pending.key) return slot.flow - 1;
      continue;
    }
    if (flows_.size() == std::numeric_limits<std::uint32_t>::max() - 1) throw Error("more than 4 billion biflows");
    slot = {static_cast<std::uint32_t>(pending.hash >> 32), static_cast<std::uint32_t>(flows_.size() + 1)};
    flows_.emplace_back().key = pending.key;
    if (flows_.size() * 2 > slots_.size()) grow();
    return static_cast<std::uint32_t>(flows_.size() - 1);
  }
}

void Assembler::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const auto mask = slots_.size() - 1;
  for (const auto& slot : old) {
    if (slot.flow == 0) continue;
    auto place = flows_[slot.flow - 1].key.hash() & mask;
    while (slots_[place].flow != 0) place = (place + 1) & mask;
    slots_[place] = slot;
  }
}

std::int64_t Assembler::latest(const Flow& flow) {
  const auto& [low, high] = flow.sums;
  return low.packets == 0    ? high.last_nanoseconds
         : high.packets == 0 ? low.last_nanoseconds
                             : std::max(low.last_nanoseconds, high.last_nanoseconds);
}

/// Whether this packet starts another biflow of the same 5-tuple.
bool Assembler::starts_anew(const Flow& flow, const Packet& packet) const {
  if (static_cast<__int128>(packet.nanoseconds) - latest(flow) > idle_nanoseconds_) return true;
  return flow.closed && (packet.flags & packets::kSyn) != 0 && (packet.flags & packets::kAck) == 0;
}

/// A new flow of the same key; the old one is left as it is.
std::uint32_t Assembler::replace(std::uint32_t flow, const Pending& pending) {
  const auto mask = slots_.size() - 1;
  auto place = pending.hash & mask;
  while (slots_[place].flow != flow + 1) place = (place + 1) & mask;
  flows_.emplace_back().key = pending.key;
  slots_[place].flow = static_cast<std::uint32_t>(flows_.size());
  return slots_[place].flow - 1;
}

void Assembler::put(const Pending& pending) {
  const auto& packet = pending.packet;
  const bool from_low = packet.direction == Direction::kUp;
  auto index = find_or_add(pending);
  bool first = flows_[index].sums[0].packets == 0 && flows_[index].sums[1].packets == 0;
  if (!first && starts_anew(flows_[index], packet)) {
    index = replace(index, pending);
    first = true;
  }
  auto& flow = flows_[index];
  if (first) {
    const bool answers = (packet.flags & packets::kSyn) != 0 && (packet.flags & packets::kAck) != 0;
    flow.low_is_client = from_low != answers;
  } else if (packet.nanoseconds < latest(flow)) {
    flow.sorted = false;
  }
  auto& sums = flow.sums[from_low ? 0 : 1];
  sums.add(packet);
  if (pending.maximum_segment != 0) sums.maximum_segment = pending.maximum_segment;
  if (pending.window_shift >= 0) sums.window_shift = pending.window_shift;
  if (assembly_.ends_at_close) {
    if ((packet.flags & packets::kFin) != 0) flow.fins |= from_low ? 1 : 2;
    if ((packet.flags & packets::kRst) != 0 || flow.fins == 3) flow.closed = true;
  }
  if (assembly_.packets_kept != 0 && flow.kept >= assembly_.packets_kept) return;
  ++flow.kept;
  keep(pending, index);
}

void Assembler::keep(const Pending& pending, std::uint32_t flow) {
  if (kept_.empty() || kept_.back().size() == kChunk) kept_.emplace_back().reserve(kChunk);
  kept_.back().push_back({pending.packet, flow});
  if (assembly_.payload_kept == 0) return;
  const auto bytes = pending.payload.first(std::min(pending.payload.size(), assembly_.payload_kept));
  payload_.insert(payload_.end(), bytes.begin(), bytes.end());
  payload_ends_.push_back(payload_.size());
}

bool Assembler::low_is_client(const Flow& flow) const {
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

std::vector<Biflow> Assembler::without_packets() const {
  std::vector<Biflow> biflows(flows_.size());
  for (std::size_t i = 0; i < flows_.size(); ++i) {
    const auto& flow = flows_[i];
    const bool low = low_is_client(flow);
    biflows[i].client = low ? flow.key.low() : flow.key.high();
    biflows[i].server = low ? flow.key.high() : flow.key.low();
    biflows[i].protocol = flow.key.protocol();
    biflows[i].up = flow.sums[low ? 0 : 1].totals();
    biflows[i].down = flow.sums[low ? 1 : 0].totals();
  }
  return biflows;
}

/// Hands the kept packets to their biflows, by a counting sort: those of one biflow are then gathered side by side.
void Assembler::give_packets(std::vector<Biflow>& biflows) const {
  std::vector<std::uint64_t> begin(flows_.size() + 1);
  for (std::size_t i = 0; i < flows_.size(); ++i) begin[i + 1] = begin[i] + flows_[i].kept;
  if (begin.back() > std::numeric_limits<std::uint32_t>::max()) throw Error("more than 4 billion packets to keep");
  std::vector<std::uint32_t> order(begin.back());
  std::vector<std::uint64_t> next(begin.begin(), begin.end() - 1);
  std::uint32_t place = 0;
  for (const auto& chunk : kept_)
    for (const auto& kept : chunk) order[next[kept.flow]++] = place++;
  for (std::size_t i = 0; i < biflows.size(); ++i) {
    const auto mine = std::span(order).subspan(begin[i], flows_[i].kept);
    if (!flows_[i].sorted)
      std::stable_sort(mine.begin(), mine.end(),
                       [&](auto a, auto b) { return kept(a).packet.nanoseconds < kept(b).packet.nanoseconds; });
    const bool turned = biflows[i].client != flows_[i].key.low();
    auto& packets = biflows[i].packets;
    packets.reserve(mine.size());
    for (const auto each : mine) {
      packets.push_back(kept(each).packet);
      if (turned)
        packets.back().direction = packets.back().direction == Direction::kUp ? Direction::kDown : Direction::kUp;
      if (payload_ends_.empty()) continue;
      const auto from = each == 0 ? 0 : payload_ends_[each - 1];
      biflows[i].payload.insert(biflows[i].payload.end(), payload_.begin() + static_cast<std::ptrdiff_t>(from),
                                payload_.begin() + static_cast<std::ptrdiff_t>(payload_ends_[each]));
      biflows[i].payload_ends.push_back(static_cast<std::uint32_t>(biflows[i].payload.size()));
    }
  }
}

std::vector<Biflow> Assembler::finish() && {
  put_all();
  auto biflows = without_packets();
  give_packets(biflows);
  // A flow is met at its first packet; where times do not rise, that is not the earliest.
  const auto earlier = [](const Biflow& a, const Biflow& b) {
    return a.both().first_nanoseconds < b.both().first_nanoseconds;
  };
  if (!std::is_sorted(biflows.begin(), biflows.end(), earlier))
    std::stable_sort(biflows.begin(), biflows.end(), earlier);
  return biflows;
}

}  // namespace morgana::biflows
