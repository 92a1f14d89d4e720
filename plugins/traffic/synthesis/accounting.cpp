// SPDX-License-Identifier: Apache-2.0
#include "synthesis/accounting.hpp"

#include <fmt/format.h>

#include "morgana/count_text.hpp"

namespace morgana::synthesis {

std::vector<FieldSources> Accounting::fields() const {
  const auto count = [&](Origin origin) { return counts.packets[static_cast<int>(origin)]; };
  const std::uint64_t all = counts.total(), traced = count(Origin::kTrace), parts = count(Origin::kSplit);
  const std::uint64_t added = all - traced - parts;
  return {
      {"payload length", {traced - counts.split_packets, counts.part_packets, added}},
      {"time", {traced, parts, added}},
      {"direction", {traced + parts, 0, added}},
      {"TCP window", {counts.windows_from_trace, 0, tcp_packets - counts.windows_from_trace}},
      {"TCP flags", {0, traced == 0 ? 0 : tcp_packets - added, added}},
      {"TCP sequence and acknowledgement numbers", {0, tcp_packets, 0}},
      {"TCP options, initial sequence numbers", {0, 0, tcp_packets}},
      {"protocol and IP version", {0, protocol_packets, all - protocol_packets}},
      {"IP addresses", {endpoint_packets, 0, all - endpoint_packets}},
      {"server port", {endpoint_packets + port_packets, 0, all - endpoint_packets - port_packets}},
      {"client port", {endpoint_packets, 0, all - endpoint_packets}},
      {"IP identification or flow label, TTL, Ethernet addresses", {0, 0, all}},
      {"lengths and checksums", {0, all, 0}},
      {"payload bytes", {0, 0, counts.with_payload}},
  };
}

std::string Accounting::line() const {
  const auto count = [&](Origin origin) { return counts.packets[static_cast<int>(origin)]; };
  auto text = fmt::format(
      "accounting: {} ({} TCP, {} UDP); {} = {} of traces + {} further parts of {} split ones + added: {} of "
      "handshakes, {} acknowledgements, {} of closes",
      count_text(tcp_biflows + udp_biflows, "biflow"), tcp_biflows, udp_biflows, count_text(counts.total(), "packet"),
      count(Origin::kTrace), count(Origin::kSplit), counts.split_packets, count(Origin::kHandshake),
      count(Origin::kAck), count(Origin::kClose));
  const auto table = fields();
  for (std::size_t source = 0; source < accounting::kSourceNames.size(); ++source) {
    std::string list;
    for (const auto& field : table)
      if (field.packets[source] > 0)
        list += fmt::format("{}{} {}", list.empty() ? "" : ", ", field.field, field.packets[source]);
    text += fmt::format("; {} (packets): {}", accounting::kSourceNames[source], list.empty() ? "nothing" : list);
  }
  return text;
}

}  // namespace morgana::synthesis
