// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "accounting/field_metrics.hpp"
#include "synthesis/tcp_conversation.hpp"
#include "synthesis/trace_series.hpp"

namespace morgana::synthesis {

/// In how many packets a field has its value from where, by `accounting::Source`.
struct FieldSources {
  std::string_view field;
  std::array<std::uint64_t, 3> packets;
};

/// What a capture is made of; complete before its first packet is written.
struct Accounting {
  std::uint64_t tcp_biflows = 0, udp_biflows = 0, empty_traces = 0;
  std::uint64_t biflows_with_handshake_added = 0, biflows_with_close_added = 0;
  std::uint64_t closes_found = 0;   ///< biflows with a FIN among the trace's own packets
  std::uint64_t keys_unread = 0;    ///< keys that are no TCP or UDP 5-tuple
  std::uint64_t keys_again = 0;     ///< keys that an earlier biflow has, so that another 5-tuple was given
  std::uint64_t rounded_times = 0;  ///< IAT that are no whole number of the file's ticks
  std::uint64_t tcp_packets = 0;
  /// Packets of biflows whose protocol, whose 5-tuple, whose server port alone is the key's.
  std::uint64_t protocol_packets = 0, endpoint_packets = 0, port_packets = 0;
  PacketCounts counts;
  Faults faults;

  /// One entry a field, in the order of the layers.
  std::vector<FieldSources> fields() const;
  /// "packets: 120 = 100 of traces + 5 parts ... | generated: payload length 100, ... | derived: ... | filled in: ..."
  std::string line() const;
};

}  // namespace morgana::synthesis
