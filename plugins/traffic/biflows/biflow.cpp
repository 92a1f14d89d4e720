// SPDX-License-Identifier: Apache-2.0
#include "biflows/biflow.hpp"

#include <algorithm>

#include "packets/flow_key.hpp"

namespace morgana::biflows {

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

}  // namespace morgana::biflows
