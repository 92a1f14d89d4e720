// SPDX-License-Identifier: Apache-2.0
#include "biflows/biflow_traces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "morgana/channels.hpp"
#include "morgana/error.hpp"

namespace morgana::biflows {
namespace {

constexpr double kSeconds = 1e-9;

/// Columns of one direction, or of both: "UF_num_packets".
struct TotalsColumn {
  const char* name;
  const char* unit;
  double (*value)(const Totals&);
};
double seconds(std::int64_t nanoseconds) { return static_cast<double>(nanoseconds) * kSeconds; }
double number(std::uint64_t count) { return static_cast<double>(count); }
constexpr TotalsColumn kTotals[] = {
    {"num_packets", "packets", [](const Totals& totals) { return number(totals.packets); }},
    {"IP_packet_bytes", "bytes", [](const Totals& totals) { return number(totals.ip_bytes); }},
    {"L4_payload_bytes", "bytes", [](const Totals& totals) { return number(totals.payload_bytes); }},
    {"duration", "s", [](const Totals& totals) { return totals.duration_seconds(); }},
};
constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();
constexpr TotalsColumn kOptions[] = {
    {"MSS", "bytes",
     [](const Totals& totals) { return totals.maximum_segment == 0 ? kAbsent : number(totals.maximum_segment); }},
    {"WS", "",
     [](const Totals& totals) {  // a factor, as MIRAGE gives it
       return totals.window_shift < 0 ? kAbsent : static_cast<double>(1 << std::min<int>(totals.window_shift, 14));
     }},
};

std::int64_t first_of(const Biflow& biflow) { return biflow.both().first_nanoseconds; }

/// What a packet is in a channel; `before`: the packet kept before it, if there is one.
float value_of(std::string_view channel, const Packet& packet, const Packet* before, std::int64_t start) {
  if (channel == "PL") return static_cast<float>(packet.payload_bytes);
  if (channel == "IAT")
    return before == nullptr ? 0.0f : static_cast<float>(seconds(packet.nanoseconds - before->nanoseconds));
  if (channel == "DIR") return packet.direction == Direction::kUp ? -1.0f : 1.0f;
  if (channel == "WIN") return packet.window;
  if (channel == "TIME") return static_cast<float>(seconds(packet.nanoseconds - start));
  if (channel == "IPLEN") return static_cast<float>(packet.ip_bytes);
  if (channel == "IPHL") return packet.ip_header_bytes;
  if (channel == "L4HL") return packet.transport_header_bytes;
  return packet.flags;  // FLAGS
}

}  // namespace

BiflowTraces::BiflowTraces(const forms::TraceForm& form) : form_(form) {
  form_.check("a biflow of packets", forms::header_channels());
  for (const auto& channel : form_.channels) {
    table_.channels.push_back(standard_channel(channel));
    table_.notes["channel " + channel] = find_standard_channel(channel)->doc;
  }
  for (const auto* direction : {"BF_", "UF_", "DF_"})
    for (const auto& column : kTotals)
      table_.columns.push_back({std::string(direction) + column.name, column.unit, {}});
  for (const auto* direction : {"UF_", "DF_"})
    for (const auto& column : kOptions)
      table_.columns.push_back({std::string(direction) + column.name, column.unit, {}});
  table_.columns.push_back({"start", "s", {}});
  table_.notes["column start"] = "time of the first packet, seconds since 1970-01-01 UTC";
  table_.notes["zero-payload packets"] = form_.kept.zero_payload_note();
  if (form_.payload_bytes > 0) table_.payload.offsets = {0};
}

bool BiflowTraces::add(const Biflow& biflow, const TraceLabel& label) {
  const auto& packets = biflow.packets;
  const auto limit = form_.kept.most == 0 ? packets.size() : form_.kept.most;
  chosen_.clear();
  for (std::size_t i = 0; i < packets.size() && chosen_.size() < limit; ++i)
    if (!form_.kept.drops_zero_payload() || packets[i].payload_bytes > 0) chosen_.push_back(i);
  if (chosen_.empty() || chosen_.size() < form_.kept.least) return false;

  const auto start = first_of(biflow);
  for (auto& channel : table_.channels)
    for (std::size_t k = 0; k < chosen_.size(); ++k)
      channel.values.push_back(
          value_of(channel.name, packets[chosen_[k]], k == 0 ? nullptr : &packets[chosen_[k - 1]], start));
  if (form_.payload_bytes > 0)
    for (const auto packet : chosen_) {
      if (!biflow.payload_ends.empty()) {
        const auto begin = packet == 0 ? 0 : biflow.payload_ends[packet - 1];
        table_.payload.bytes.insert(table_.payload.bytes.end(), biflow.payload.begin() + begin,
                                    biflow.payload.begin() + biflow.payload_ends[packet]);
      }
      table_.payload.offsets.push_back(table_.payload.bytes.size());
    }
  table_.offsets.push_back(table_.offsets.back() + chosen_.size());
  auto column = table_.columns.begin();
  for (const auto& totals : {biflow.both(), biflow.up, biflow.down})
    for (const auto& each : kTotals) (column++)->values.push_back(each.value(totals));
  for (const auto* totals : {&biflow.up, &biflow.down})
    for (const auto& each : kOptions) (column++)->values.push_back(each.value(*totals));
  column->values.push_back(seconds(start));
  label_.add(label.label);
  capture_.add(label.capture);
  device_.add(label.device);
  table_.label_source.push_back(label.source);
  table_.keys.push_back(biflow.key());
  return true;
}

TraceTable BiflowTraces::finish() && {
  table_.label = std::move(label_).finish();
  table_.capture = std::move(capture_).finish();
  table_.device = std::move(device_).finish();
  return std::move(table_);
}

}  // namespace morgana::biflows
