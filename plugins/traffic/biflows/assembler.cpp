// SPDX-License-Identifier: Apache-2.0
#include "biflows/assembler.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

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

/// Puts the packets of a flow into the order of their times, and their places with them.
void sort_by_time(std::span<Packet> packets, std::span<std::uint64_t> places) {
  std::vector<std::uint32_t> order(packets.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return packets[a].nanoseconds < packets[b].nanoseconds; });
  const std::vector<Packet> old(packets.begin(), packets.end());
  const std::vector<std::uint64_t> old_places(places.begin(), places.end());
  for (std::size_t i = 0; i < order.size(); ++i) {
    packets[i] = old[order[i]];
    if (!places.empty()) places[i] = old_places[order[i]];
  }
}

}  // namespace

void Totals::add(const Packet& packet) noexcept {
  if (packets++ == 0) first_nanoseconds = last_nanoseconds = packet.nanoseconds;
  first_nanoseconds = std::min(first_nanoseconds, packet.nanoseconds);
  last_nanoseconds = std::max(last_nanoseconds, packet.nanoseconds);
  ip_bytes += packet.ip_bytes;
  payload_bytes += packet.payload_bytes;
}

void Totals::add(const Totals& other) noexcept {
  if (other.packets > 0) {
    first_nanoseconds = packets == 0 ? other.first_nanoseconds : std::min(first_nanoseconds, other.first_nanoseconds);
    last_nanoseconds = packets == 0 ? other.last_nanoseconds : std::max(last_nanoseconds, other.last_nanoseconds);
  }
  packets += other.packets;
  ip_bytes += other.ip_bytes;
  payload_bytes += other.payload_bytes;
  if (maximum_segment == 0) maximum_segment = other.maximum_segment;
  if (window_shift < 0) window_shift = other.window_shift;
}

Totals Biflow::both() const {
  auto sum = up;
  sum.add(down);
  return sum;
}

std::string Biflow::key() const { return packets::FlowKey{client, server, protocol}.text(); }

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
  __builtin_prefetch(&slots_[pending.hash & (slots_.size() - 1)]);
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

/// Asks for the memory of all waiting packets first: what does not depend on each other is waited for together.
void Assembler::put_all() {
  const auto mask = slots_.size() - 1;
  for (std::size_t i = 0; i < waiting_; ++i) {
    const auto place = place_of(pending_[i].hash, pending_[i].hash & mask);
    pending_[i].place = place;
    if (slots_[place].flow != 0) __builtin_prefetch(&flows_[slots_[place].flow - 1], 1);
  }
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
  LargeVector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const auto mask = slots_.size() - 1;
  for (const auto& slot : old) {
    if (slot.flow == 0) continue;
    auto place = flows_[slot.flow - 1].key.hash() & mask;
    while (slots_[place].flow != 0) place = (place + 1) & mask;
    slots_[place] = slot;
  }
}

/// Whether this packet starts another biflow of the same 5-tuple.
bool Assembler::starts_anew(const Flow& flow, const Packet& packet) const {
  if (static_cast<__int128>(packet.nanoseconds) - flow.latest > idle_nanoseconds_) return true;
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

Assembler::More& Assembler::more(Flow& flow) {
  if (flow.more == 0) {
    more_.emplace_back();
    flow.more = static_cast<std::uint32_t>(more_.size());
  }
  return more_[flow.more - 1];
}

void Assembler::put(const Pending& pending) {
  const auto& packet = pending.packet;
  const bool from_low = packet.direction == Direction::kUp;
  auto index = find_or_add(pending);
  if (flows_[index].kept != 0 && starts_anew(flows_[index], packet)) index = replace(index, pending);
  auto& flow = flows_[index];
  if (flow.kept == 0) {
    const bool answers = (packet.flags & packets::kSyn) != 0 && (packet.flags & packets::kAck) != 0;
    flow.low_is_client = from_low != answers;
    flow.latest = packet.nanoseconds;
  } else {
    flow.sorted &= packet.nanoseconds >= flow.latest;
    flow.latest = std::max(flow.latest, packet.nanoseconds);
  }
  if (pending.maximum_segment != 0) more(flow)[from_low ? 0 : 1].maximum_segment = pending.maximum_segment;
  if (pending.window_shift >= 0) more(flow)[from_low ? 0 : 1].window_shift = pending.window_shift;
  if (assembly_.ends_at_close) {
    if ((packet.flags & packets::kFin) != 0) flow.fins |= from_low ? 1 : 2;
    if ((packet.flags & packets::kRst) != 0 || flow.fins == 3) flow.closed = true;
  }
  if (assembly_.packets_kept != 0 && flow.kept >= assembly_.packets_kept)
    return more(flow)[from_low ? 0 : 1].add(packet);
  if (++flow.kept == 0) throw Error("a biflow of more than 4 billion packets");
  keep(pending, index);
}

void Assembler::keep(const Pending& pending, std::uint32_t flow) {
  if (kept_.empty()) kept_.emplace_back();  // small captures take little
  else if (kept_.back().size() == kChunk) kept_.emplace_back().reserve(kChunk);
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

Biflow Assembler::without_packets(const Flow& flow) const {
  const bool low = low_is_client(flow);
  Biflow biflow;
  biflow.client = low ? flow.key.low() : flow.key.high();
  biflow.server = low ? flow.key.high() : flow.key.low();
  biflow.protocol = flow.key.protocol();
  if (flow.more == 0) return biflow;
  biflow.up = more_[flow.more - 1][low ? 0 : 1];
  biflow.down = more_[flow.more - 1][low ? 1 : 0];
  return biflow;
}

/// The kept packets, those of a flow side by side.
struct Assembler::Gathered {
  LargeVector<Packet> packets;
  std::vector<std::uint64_t> ends;    ///< of each flow's
  std::vector<std::uint64_t> places;  ///< of each packet among all that were kept, where payload is
};

/// By a counting sort, in one pass over what was kept; its memory is given back on the way.
Assembler::Gathered Assembler::gather() {
  Gathered result;
  std::uint64_t total = 0;
  result.ends.reserve(flows_.size());
  for (const auto& flow : flows_) {
    result.ends.push_back(total);  // where its packets begin; each of them moves it on
    total += flow.kept;
  }
  result.packets.resize(total);
  if (!payload_ends_.empty()) result.places.resize(total);
  std::uint64_t place = 0;
  for (auto& chunk : kept_) {
    for (const auto& kept : chunk) {
      const auto to = result.ends[kept.flow]++;
      result.packets[to] = kept.packet;
      if (!result.places.empty()) result.places[to] = place++;
    }
    chunk = {};
  }
  return result;
}

void Assembler::give_payload(std::span<const std::uint64_t> places, Biflow& biflow) const {
  for (const auto place : places) {
    const auto from = place == 0 ? 0 : payload_ends_[place - 1];
    biflow.payload.insert(biflow.payload.end(), payload_.begin() + static_cast<std::ptrdiff_t>(from),
                          payload_.begin() + static_cast<std::ptrdiff_t>(payload_ends_[place]));
    biflow.payload_ends.push_back(static_cast<std::uint32_t>(biflow.payload.size()));
  }
}

Biflows Assembler::finish() && {
  put_all();
  auto gathered = gather();
  std::vector<Biflow> biflows;
  biflows.reserve(flows_.size());
  bool sorted = true;
  auto earliest = std::numeric_limits<std::int64_t>::min();
  for (std::size_t i = 0; i < flows_.size(); ++i) {
    const auto& flow = flows_[i];
    auto& biflow = biflows.emplace_back(without_packets(flow));
    const auto begin = gathered.ends[i] - flow.kept;
    const std::span packets(gathered.packets.data() + begin, flow.kept);
    const auto places =
        gathered.places.empty() ? std::span<std::uint64_t>() : std::span(gathered.places).subspan(begin, flow.kept);
    if (!flow.sorted) sort_by_time(packets, places);
    const bool turned = biflow.client != flow.key.low();
    for (auto& packet : packets) {
      if (turned) packet.direction = packet.direction == Direction::kUp ? Direction::kDown : Direction::kUp;
      (packet.direction == Direction::kUp ? biflow.up : biflow.down).add(packet);
    }
    biflow.packets = packets;
    give_payload(places, biflow);
    const auto first = biflow.both().first_nanoseconds;
    sorted = sorted && first >= earliest;
    earliest = first;
  }
  // A flow is met at its first packet; where times do not rise, that is not the earliest.
  if (!sorted)
    std::stable_sort(biflows.begin(), biflows.end(), [](const Biflow& a, const Biflow& b) {
      return a.both().first_nanoseconds < b.both().first_nanoseconds;
    });
  return {std::move(biflows), std::move(gathered.packets)};
}

}  // namespace morgana::biflows
