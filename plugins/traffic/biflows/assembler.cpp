// SPDX-License-Identifier: Apache-2.0
#include "biflows/assembler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace morgana::biflows {
namespace {

bool is_syn(const packets::Segment& segment) { return (segment.flags & packets::kSyn) != 0; }
bool is_acknowledged(const packets::Segment& segment) { return (segment.flags & packets::kAck) != 0; }

/// Field by field into its place: a packet written elsewhere and copied is read before its parts are there.
void write(const packets::Segment& segment, std::int64_t nanoseconds, bool from_low, Packet& packet) {
  packet.nanoseconds = nanoseconds;
  packet.ip_bytes = segment.ip_bytes;
  packet.payload_bytes = segment.payload_bytes;
  packet.ip_header_bytes = segment.ip_header_bytes;
  packet.transport_header_bytes = segment.transport_header_bytes;
  packet.window = segment.window;
  packet.flags = segment.flags;
  packet.direction = from_low ? Direction::kUp : Direction::kDown;
}

}  // namespace

Assembler::Assembler(Assembly assembly)
    : assembly_(std::move(assembly)),
      idle_nanoseconds_(assembly_.idle_seconds > 0 && assembly_.idle_seconds < 9e9
                            ? std::llround(assembly_.idle_seconds * 1e9)
                            : std::numeric_limits<std::int64_t>::max()),
      may_end_(assembly_.idle_seconds > 0 || assembly_.ends_at_close),
      most_kept_(assembly_.packets_kept == 0 || assembly_.packets_kept > std::numeric_limits<std::uint32_t>::max()
                     ? std::numeric_limits<std::uint32_t>::max()
                     : static_cast<std::uint32_t>(assembly_.packets_kept)),
      packets_(assembly_.payload_kept),
      latest_(std::numeric_limits<std::int64_t>::min()) {}

/// Each step for all packets before the next: none waits for the memory of another, nor for what was just written.
void Assembler::put_all() {
  for (std::size_t i = 0; i < count_; ++i) {
    auto& waiting = waiting_[i];
    waiting.sent = sent_by(waiting.segment);
    waiting.hash = waiting.sent.key.hash();
    table_.prefetch(waiting.hash);
  }
  for (std::size_t i = 0; i < count_; ++i) waiting_[i].place = table_.place(waiting_[i].hash);
  for (std::size_t i = 0; i < count_; ++i)
    if (const auto* flow = table_.likely(waiting_[i].place); flow != nullptr && flow->more != 0)
      __builtin_prefetch(&more_[flow->more - 1][waiting_[i].sent.from_low ? 0 : 1], 1);
  for (std::size_t i = 0; i < count_; ++i) put(waiting_[i]);
  count_ = 0;
}

void Assembler::put(const Waiting& waiting) {
  const auto& segment = waiting.segment;
  const auto nanoseconds = waiting.nanoseconds;
  const bool from_low = waiting.sent.from_low;
  in_order_ &= nanoseconds >= latest_;
  latest_ = nanoseconds;
  auto index = table_.find_or_add(waiting.sent.key, waiting.hash, waiting.place);
  if (may_end_ && ends_before(table_[index], waiting)) index = table_.replace(index);
  auto& flow = table_[index];
  if (flow.kept == 0) {
    flow.low_is_client = from_low != (is_syn(segment) && is_acknowledged(segment));
    flow.latest = nanoseconds;
  }
  flow.sorted &= nanoseconds >= flow.latest;
  flow.latest = std::max(flow.latest, nanoseconds);
  if (is_syn(segment)) note_options(segment, from_low, flow);
  if (assembly_.ends_at_close) {
    if ((segment.flags & packets::kFin) != 0) flow.fins |= from_low ? 1 : 2;
    if ((segment.flags & packets::kRst) != 0 || flow.fins == 3) flow.closed = true;
  }
  if (flow.kept >= most_kept_) {
    Packet packet;
    write(segment, nanoseconds, from_low, packet);
    return more(flow)[from_low ? 0 : 1].add(packet);
  }
  ++flow.kept;
  write(segment, nanoseconds, from_low, packets_.add(index));
  packets_.add_payload(segment.payload);
}

void Assembler::note_options(const packets::Segment& segment, bool from_low, Flow& flow) {
  if (segment.maximum_segment == 0 && segment.window_shift < 0) return;
  auto& totals = more(flow)[from_low ? 0 : 1];
  if (segment.maximum_segment != 0) totals.maximum_segment = segment.maximum_segment;
  if (segment.window_shift >= 0) totals.window_shift = segment.window_shift;
}

/// Whether this packet starts another biflow of the same 5-tuple.
bool Assembler::ends_before(const Flow& flow, const Waiting& waiting) const {
  if (flow.kept == 0) return false;
  if (static_cast<__int128>(waiting.nanoseconds) - flow.latest > idle_nanoseconds_) return true;
  return flow.closed && is_syn(waiting.segment) && !is_acknowledged(waiting.segment);
}

More& Assembler::more(Flow& flow) {
  if (flow.more == 0) {
    more_.emplace_back();
    flow.more = static_cast<std::uint32_t>(more_.size());
  }
  return more_[flow.more - 1];
}

Biflows Assembler::finish() && {
  put_all();
  packets_.group(table_.size());
  return Biflows(std::move(assembly_), std::move(table_).flows(), std::move(more_), std::move(packets_), in_order_);
}

}  // namespace morgana::biflows
