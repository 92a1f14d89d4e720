// SPDX-License-Identifier: Apache-2.0
#include "document_of_biflow.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "morgana/error.hpp"

namespace morgana::mirage_format {
namespace {

constexpr std::int64_t kNanoseconds = 1'000'000'000;

/// Division, unlike a product with 1e-9, gives the double nearest to the decimal: 0.0304.
double seconds(std::int64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / static_cast<double>(kNanoseconds);
}

/// As whole seconds and the rest: today's nanoseconds alone are more than a double holds.
double unix_seconds(std::int64_t nanoseconds) {
  return static_cast<double>(nanoseconds / kNanoseconds) + seconds(nanoseconds % kNanoseconds);
}

FlowTotals totals_of(const biflows::Totals& totals) {
  return {totals.packets, totals.ip_bytes, totals.payload_bytes,
          totals.packets == 0 ? 0 : seconds(totals.last_nanoseconds - totals.first_nanoseconds)};
}

FlowOptions options_of(const biflows::Totals& totals) {
  FlowOptions options;
  if (totals.maximum_segment > 0) options.maximum_segment = totals.maximum_segment;
  if (totals.window_shift >= 0) options.window_multiplier = std::ldexp(1.0, totals.window_shift);
  return options;
}

void fill_lists(const biflows::Biflow& biflow, PacketLists& lists) {
  lists = {};
  std::int64_t previous = biflow.packets.empty() ? 0 : biflow.packets.front().nanoseconds;
  for (const auto& packet : biflow.packets) {
    lists.direction.push_back(static_cast<std::uint8_t>(packet.direction));
    lists.payload_bytes.push_back(packet.payload_bytes);
    lists.seconds_since_previous.push_back(seconds(packet.nanoseconds - previous));
    lists.window.push_back(packet.window);
    lists.unix_seconds.push_back(unix_seconds(packet.nanoseconds));
    lists.ip_bytes.push_back(packet.ip_bytes);
    lists.ip_header_bytes.push_back(packet.ip_header_bytes);
    lists.transport_header_bytes.push_back(packet.transport_header_bytes);
    lists.flags.push_back(packet.flags);
    previous = packet.nanoseconds;
  }
  lists.payload = biflow.payload;
  lists.payload_ends.assign(biflow.payload_ends.begin(), biflow.payload_ends.end());
}

FlowFeatures features_of(const biflows::Biflow& biflow) {
  FlowSeries series;
  std::array<const biflows::Packet*, 2> previous{};
  for (const auto& packet : biflow.packets) {
    const auto direction = static_cast<std::size_t>(packet.direction);
    series.lengths[direction].push_back(packet.ip_bytes);
    if (previous[direction] != nullptr)
      series.gaps[direction].push_back(seconds(packet.nanoseconds - previous[direction]->nanoseconds));
    previous[direction] = &packet;
  }
  return flow_features(series);
}

}  // namespace

void fill_document(const biflows::Biflow& biflow, BiflowDocument& document) {
  document.key = biflow.key();
  if (biflow.packets.size() != biflow.up.packets + biflow.down.packets)
    throw Error("biflow {} keeps {} of its {} packets; its flow features need all of them", document.key,
                biflow.packets.size(), biflow.up.packets + biflow.down.packets);
  document.client_port = biflow.client.port;
  document.server_port = biflow.server.port;
  fill_lists(biflow, document.packets);
  document.features = features_of(biflow);
  document.both = totals_of(biflow.both());
  document.up = totals_of(biflow.up);
  document.down = totals_of(biflow.down);
  document.up_options = options_of(biflow.up);
  document.down_options = options_of(biflow.down);
}

}  // namespace morgana::mirage_format
