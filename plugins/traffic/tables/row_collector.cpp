// SPDX-License-Identifier: Apache-2.0
#include "tables/row_collector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "morgana/channels.hpp"
#include "morgana/count_text.hpp"
#include "morgana/error.hpp"

namespace morgana::tables {
namespace {

PacketChannel channel_of(std::string_view name, const std::string& unit) {
  if (find_standard_channel(name) != nullptr) return standard_channel(name);
  return {std::string(name), unit, {}};
}

}  // namespace

RowCollector::Role RowCollector::role_of(const ChannelSource& source) {
  if (source.timestamps) return Role::kTimestamp;
  if (source.is_signed()) return Role::kSigned;
  if (source.channel == "TIME") return Role::kTime;
  if (source.channel == "DIR") return Role::kDirection;
  if (source.channel == "IAT") return Role::kGap;
  return find_standard_channel(source.channel) == nullptr ? Role::kAny : Role::kNotNegative;
}

/// Whether a number may stand in the column at all.
bool RowCollector::is_valid(std::size_t source, double value) const {
  const auto role = roles_[source];
  if (role == Role::kDirection) return value == 0 || value == 1 || value == -1;
  if (!std::isfinite(static_cast<float>(value * options_.sources[source].scale))) return false;
  return (role != Role::kNotNegative && role != Role::kGap) || value >= 0;
}

RowCollector::RowCollector(RowOptions options) : options_(std::move(options)) {
  for (std::size_t i = 0; i < options_.sources.size(); ++i) {
    const auto& source = options_.sources[i];
    roles_.push_back(role_of(source));
    place_.push_back(table_.channels.size());
    table_.channels.push_back(channel_of(source.size(), source.unit));
    if (source.is_signed()) table_.channels.push_back(standard_channel("DIR"));
    if (source.size() == "PL") payload_ = i;
  }
  if (!payload_ && (options_.padding == Padding::kDrop || options_.kept.drops_zero_payload()))
    throw Error("packets without payload can be dropped only where PL is read");
  table_.columns = options_.columns;
}

void RowCollector::begin_file(std::string name, std::string place) {
  file_ = std::move(name);
  place_name_ = std::move(place);
}

void RowCollector::leave_out(const std::string& reason, std::uint64_t number, std::string_view fact) {
  ++rows_;
  note_omission(reason, number, fact);
}

void RowCollector::note_omission(const std::string& reason, std::uint64_t number, std::string_view fact) {
  omissions_.add(reason, fmt::format("{} {} {}", file_, place_name_, number), fact);
}

void RowCollector::add(const TraceRow& row) {
  auto fault = lengths_fault(row);
  if (!fault && row.lists[0].empty()) fault = {"no packets", ""};
  if (!fault && options_.labelled && row.label.empty()) fault = {"no label", ""};
  if (!fault) fault = choose_packets(row);
  if (fault) return leave_out(fault->reason, row.number, fault->fact);
  ++rows_;
  shortest_ = std::min(shortest_, row.lists[0].size());
  longest_ = std::max(longest_, row.lists[0].size());
  if (payload_ && row.lists[*payload_].back() == 0) ++end_in_zero_;
  for (std::size_t source = 0; source < options_.sources.size(); ++source) append_channel(row, source);
  table_.offsets.push_back(table_.offsets.back() + chosen_.size());
  if (options_.labelled) label_.add(row.label);
  if (options_.captured) capture_.add(row.capture);
  if (options_.has_device) device_.add(row.device);
  if (options_.keyed) table_.keys.emplace_back(row.key);
  for (std::size_t i = 0; i < row.columns.size(); ++i) table_.columns[i].values.push_back(row.columns[i]);
}

std::optional<RowCollector::Fault> RowCollector::lengths_fault(const TraceRow& row) const {
  const auto& sources = options_.sources;
  for (std::size_t i = 1; i < sources.size(); ++i)
    if (row.lists[i].size() != row.lists[0].size())
      return Fault{"unequal lengths", fmt::format("{} has {}, {} has {}", sources[0].column, row.lists[0].size(),
                                                  sources[i].column, row.lists[i].size())};
  return std::nullopt;
}

std::optional<RowCollector::Fault> RowCollector::value_fault(const TraceRow& row, std::size_t source,
                                                             std::size_t packet) const {
  const auto role = roles_[source];
  const auto& column = options_.sources[source].column;
  const double value = row.lists[source][packet];
  if (std::isnan(value) && role == Role::kGap && packet == 0) return std::nullopt;  // as differences have it
  if (std::isnan(value)) return Fault{"missing value", fmt::format("{} of packet {}", column, packet)};
  if (!is_valid(source, value))
    return Fault{"value out of range", fmt::format("{} of packet {} is {}", column, packet, value)};
  const bool is_time = role == Role::kTime || role == Role::kTimestamp;
  if (is_time && packet > 0 && value < row.lists[source][packet - 1])
    return Fault{"times run backwards", fmt::format("{} of packet {}", column, packet)};
  return std::nullopt;
}

std::size_t RowCollector::without_padding(const TraceRow& row, std::size_t length) const {
  if (options_.padding == Padding::kKeep) return length;
  const auto payload = row.lists[*payload_];
  while (length > 0 && (payload[length - 1] == 0 || std::isnan(payload[length - 1]))) --length;
  return length;
}

/// Sets `chosen_`; the reason where the row is left out.
std::optional<RowCollector::Fault> RowCollector::choose_packets(const TraceRow& row) {
  const auto whole = row.lists[0].size(), length = without_padding(row, whole);
  const auto limit = options_.kept.most == 0 ? length : options_.kept.most;
  std::int64_t zero = 0;
  chosen_.clear();
  for (std::size_t packet = 0; packet < length && chosen_.size() < limit; ++packet) {
    for (std::size_t source = 0; source < options_.sources.size(); ++source)
      if (auto fault = value_fault(row, source, packet)) return fault;
    if (options_.kept.drops_zero_payload() && row.lists[*payload_][packet] == 0) {
      ++zero;
      continue;
    }
    for (std::size_t source = 0; source < options_.sources.size(); ++source)
      if (roles_[source] == Role::kSigned && row.lists[source][packet] == 0)
        return Fault{"no direction",
                     fmt::format("{} of packet {} is 0, which has no sign", options_.sources[source].column, packet)};
    chosen_.push_back(packet);
  }
  if (chosen_.size() < std::max<std::size_t>(options_.kept.least, 1))
    return Fault{"too few packets", fmt::format("{}", chosen_.size())};
  zero_dropped_ += zero;
  padding_dropped_ += static_cast<std::int64_t>(whole - length);
  return std::nullopt;
}

void RowCollector::append_channel(const TraceRow& row, std::size_t source) {
  const auto list = row.lists[source];
  const double scale = options_.sources[source].scale;
  auto& values = table_.channels[place_[source]].values;
  const auto append_directions = [&](std::vector<float>& into) {
    for (const auto packet : chosen_)
      into.push_back((list[packet] > 0) == (options_.positive == Positive::kDown) ? 1.0f : -1.0f);
  };
  switch (roles_[source]) {
    case Role::kAny:
    case Role::kNotNegative:
      for (const auto packet : chosen_) values.push_back(static_cast<float>(list[packet] * scale));
      return;
    case Role::kGap:
      return append_gaps(list, scale, values);
    case Role::kTimestamp:
      for (std::size_t k = 0; k < chosen_.size(); ++k)
        values.push_back(k == 0 ? 0.0f : static_cast<float>((list[chosen_[k]] - list[chosen_[k - 1]]) * scale));
      return;
    case Role::kTime:
      for (const auto packet : chosen_) values.push_back(static_cast<float>((list[packet] - list[chosen_[0]]) * scale));
      return;
    case Role::kDirection:
      append_directions(values);
      return note_directions(row, source);
    case Role::kSigned:
      for (const auto packet : chosen_) values.push_back(static_cast<float>(std::abs(list[packet]) * scale));
      return append_directions(table_.channels[place_[source] + 1].values);
  }
}

/// Time since the previous packet kept: the times of the dropped ones between belong to it.
void RowCollector::append_gaps(std::span<const double> gaps, double scale, std::vector<float>& into) const {
  for (std::size_t k = 0; k < chosen_.size(); ++k) {
    double since = gaps[chosen_[k]];
    if (k == 0 && (chosen_[0] > 0 || std::isnan(since))) since = 0;
    if (k > 0)
      for (auto packet = chosen_[k - 1] + 1; packet < chosen_[k]; ++packet) since += gaps[packet];
    into.push_back(static_cast<float>(since * scale));
  }
}

/// Zeros and negative ones are both one way; where both stand in a table, one of them means something else.
void RowCollector::note_directions(const TraceRow& row, std::size_t source) {
  if (zero_direction_ && negative_direction_) return;
  for (const auto packet : chosen_) {
    const double value = row.lists[source][packet];
    auto& seen = value == 0 ? zero_direction_ : negative_direction_;
    if (value <= 0 && !seen) seen = fmt::format("{} {} {} packet {}", file_, place_name_, row.number, packet);
  }
}

std::string RowCollector::padding_doubt() const {
  if (options_.padding == Padding::kDrop || options_.kept.drops_zero_payload() || kept() < 2 || shortest_ != longest_ ||
      end_in_zero_ == 0)
    return "";
  return fmt::format(
      "all rows have {} and {} of them end in a PL of 0: where zeros only fill rows up, set padding to \"drop\"",
      count_text(longest_, "packet"), end_in_zero_);
}

void RowCollector::note_channels() {
  for (std::size_t i = 0; i < options_.sources.size(); ++i) {
    const auto& source = options_.sources[i];
    auto& note = table_.notes["channel " + source.channel];
    note = !source.note.empty()
               ? source.note
               : fmt::format("{}column {}", source.timestamps ? "what lies between the times of " : "", source.column);
    if (source.scale != 1) note += fmt::format(" times {}", source.scale);
    const auto& values = table_.channels[place_[i]].values;
    if (source.channel != "IAT" || source.timestamps || !source.note.empty() || values.empty()) continue;
    const float largest = *std::max_element(values.begin(), values.end());
    const auto count = std::count(values.begin(), values.end(), largest);
    if (count > 1)
      note += fmt::format("; the largest, {} s, stands {} times: the file's times are cut off there", largest, count);
  }
}

Traces RowCollector::finish() && {
  if (zero_direction_ && negative_direction_)
    throw Error("directions are -1 in {}, 0 in {}", *negative_direction_, *zero_direction_)
        .hint("where zeros fill rows up, set `padding` to \"drop\"");
  if (options_.labelled) table_.label = std::move(label_).finish();
  if (options_.captured) table_.capture = std::move(capture_).finish();
  if (options_.has_device) table_.device = std::move(device_).finish();
  table_.counts[options_.rows] = rows_;
  table_.counts["kept"] = kept();
  if (options_.padding == Padding::kDrop) table_.counts["padding packets dropped"] = padding_dropped_;
  if (options_.kept.drops_zero_payload()) table_.counts["zero-payload packets dropped"] = zero_dropped_;
  if (payload_) table_.notes["zero-payload packets"] = options_.kept.zero_payload_note();
  note_channels();
  omissions_.write_to(table_);
  return Traces(std::move(table_));
}

}  // namespace morgana::tables
