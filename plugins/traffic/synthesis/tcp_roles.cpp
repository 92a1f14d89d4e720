// SPDX-License-Identifier: Apache-2.0
#include "synthesis/tcp_roles.hpp"

#include <algorithm>

#include "packets/dissect.hpp"

namespace morgana::synthesis {
namespace {

using packets::kAck;
using packets::kFin;
using packets::kSyn;

bool is_zero(const TraceSeries& series, std::size_t packet, Direction direction) {
  return series.payload(packet) == 0 && series.direction(packet) == direction;
}

bool holds_handshake(const TraceSeries& series) {
  const std::size_t size = series.size();
  if (!is_zero(series, 0, Direction::kUp)) return false;
  if (size > 1 && !is_zero(series, 1, Direction::kDown)) return false;
  if (size > 2 && series.direction(2) != Direction::kUp) return false;
  if (!series.has_flags()) return true;
  return (series.flags(0) & (kSyn | kAck)) == kSyn && (size < 2 || (series.flags(1) & (kSyn | kAck)) == (kSyn | kAck));
}

/// The zero-payload packets at the end; those of the handshake are none of them.
std::size_t tail_start(const TraceSeries& series, bool handshake) {
  std::size_t start = series.size();
  while (start > (handshake ? 3u : 0u) && series.payload(start - 1) == 0) --start;
  return start;
}

void find_fins_by_place(const TraceSeries& series, TcpRoles& roles) {
  const std::size_t size = series.size(), start = std::min(tail_start(series, roles.holds_handshake), size);
  const auto way = [&](std::size_t from_end) { return series.direction(size - from_end); };
  std::size_t first = 0, second = 0;  // counted from the end
  if (size - start >= 4 && way(4) != way(3) && way(3) == way(2) && way(2) != way(1)) first = 4, second = 2;
  else if (size - start >= 3 && way(3) != way(2) && way(2) != way(1)) first = 3, second = 2;
  else return;
  roles.fin[static_cast<int>(way(first))] = size - first;
  roles.fin[static_cast<int>(way(second))] = size - second;
}

void find_fins_by_flags(const TraceSeries& series, TcpRoles& roles) {
  bool payload_follows[2] = {false, false};
  for (std::size_t i = series.size(); i > (roles.holds_handshake ? 2u : 0u); --i) {
    const auto way = static_cast<int>(series.direction(i - 1));
    // Of several FINs the first counts: the others repeat it.
    if (!payload_follows[way] && (series.flags(i - 1) & kFin) != 0) roles.fin[way] = i - 1;
    payload_follows[way] |= series.payload(i - 1) > 0;
  }
}

}  // namespace

TcpRoles find_tcp_roles(const TraceSeries& series, const TcpAdditions& additions) {
  TcpRoles roles;
  if (series.size() == 0) return roles;
  for (std::size_t i = 0; i < series.size() && !roles.holds_empty; ++i) roles.holds_empty = series.payload(i) == 0;

  roles.holds_handshake = additions.handshake != Add::kAlways && roles.holds_empty && holds_handshake(series);
  roles.add_handshake =
      additions.handshake == Add::kAlways || (additions.handshake == Add::kAuto && !roles.holds_handshake);
  roles.add_acks = additions.acks == Add::kAlways || (additions.acks == Add::kAuto && !roles.holds_empty);
  if (additions.close == Add::kAlways) {
    roles.add_close = true;
  } else if (additions.close == Add::kAuto && roles.holds_empty) {
    if (series.has_flags()) find_fins_by_flags(series, roles);
    else find_fins_by_place(series, roles);
  } else {
    roles.add_close = additions.close == Add::kAuto;
  }
  // A connection attempt without an answer has nothing to close.
  if (roles.holds_handshake && series.size() < 3) roles.add_close = false;
  return roles;
}

}  // namespace morgana::synthesis
