// SPDX-License-Identifier: Apache-2.0
#include "trace_collector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <numeric>

#include "morgana/error.hpp"

namespace morgana::mirage {
namespace {

/// Complaints kept for each reason: enough to find the fault, too few to flood.
constexpr std::size_t kComplaintsKept = 1000, kComplaintsShown = 3;

struct ChannelInfo {
  std::string_view name, unit, note;
  PacketList list;
};
constexpr ChannelInfo kChannels[] = {
    {"PL", "bytes", "transport payload bytes (L4_payload_bytes)", kPayload},
    {"IAT", "s", "seconds since the biflow's previous packet in either direction, first 0 (iat)", kInterArrival},
    {"DIR", "", "-1 from the phone (packet_dir 0), +1 to it (packet_dir 1)", kDirection},
    {"WIN", "", "TCP window field, unscaled (TCP_win_size)", kWindow},
};

const ChannelInfo& channel_info(const std::string& name) {
  for (const auto& info : kChannels)
    if (info.name == name) return info;
  throw Error("MIRAGE has no channel \"{}\"; it has PL, IAT, DIR, WIN", name);
}

/// Package names of one app differ in case between files ("com.Slack").
bool same_package(std::string_view first, std::string_view second) {
  return std::equal(first.begin(), first.end(), second.begin(), second.end(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  });
}

/// File names may be any bytes; names in traces are UTF-8.
std::string as_utf8(std::string text) {
  if (!is_utf8(text))
    for (auto& byte : text)
      if (static_cast<unsigned char>(byte) >= 0x80) byte = '?';
  return text;
}

}  // namespace

Wanted Selection::wanted() const {
  Wanted wanted;
  for (const auto& channel : channels) wanted.lists[channel_info(channel).list] = true;
  if (zero_payload == ZeroPayload::kDrop) wanted.lists[kPayload] = true;
  // Where packets are dropped, it is not known beforehand how many must be read to keep enough.
  wanted.packets = zero_payload == ZeroPayload::kDrop ? 0 : packets;
  return wanted;
}

void TraceCollector::Names::push(const std::string& name) {
  if (name.empty()) {
    id.push_back(-1);
    return;
  }
  const auto [entry, added] = place.try_emplace(name, static_cast<std::int32_t>(names.size()));
  if (added) names.push_back(name);
  id.push_back(entry->second);
}

NameColumn TraceCollector::Names::sorted() const {
  std::vector<std::size_t> order(names.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return names[a] < names[b]; });
  NameColumn column;
  std::vector<std::int32_t> rank(names.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    column.names.push_back(names[order[i]]);
    rank[order[i]] = static_cast<std::int32_t>(i);
  }
  for (const auto old : id) column.id.push_back(old < 0 ? -1 : rank[static_cast<std::size_t>(old)]);
  return column;
}

TraceCollector::TraceCollector(Selection selection) : selection_(std::move(selection)) {
  for (const auto& channel : selection_.channels) {
    const auto& info = channel_info(channel);
    if (std::any_of(table_.channels.begin(), table_.channels.end(),
                    [&](const auto& other) { return other.name == channel; }))
      throw Error("channel \"{}\" is asked for twice", channel);
    lists_.push_back(info.list);
    table_.channels.push_back({channel, std::string(info.unit), {}});
    table_.notes["channel " + channel] = info.note;
  }
  if (lists_.empty()) throw Error("no channel is asked for");
  for (std::size_t i = 0; i < kMetadataNames.size(); ++i)
    table_.columns.push_back({std::string(kMetadataNames[i]), std::string(kMetadataUnits[i]), {}});
}

void TraceCollector::begin_file(const std::string& path) {
  files_.push_back(path);
  file_ = read_capture_name(as_utf8(path));
}

void TraceCollector::skip(const std::string& why, std::string_view key, std::string_view fact) {
  ++skipped_[why];
  auto& complaints = complaints_[why];
  if (complaints.size() < kComplaintsKept)
    complaints.push_back({files_.size() - 1, fmt::format("{} biflow {}{}{}", as_utf8(files_.back()),
                                                         as_utf8(std::string(key)), fact.empty() ? "" : ": ", fact)});
}

void TraceCollector::skip_damaged(std::string_view key, const Damage& damage) {
  ++biflows_;
  const auto field = damage.field.empty() ? std::string("biflow") : damage.field;
  skip("damaged " + field, key, field + ": " + damage.reason);
}

void TraceCollector::add(std::string_view key, const Biflow& biflow) {
  ++biflows_;
  if (!choose_label(key, biflow) || !choose_packets(key, biflow)) return;
  const bool flip = is_flipped(key);
  flipped_ += flip;
  append_packets(biflow, flip);
  label_.push(chosen_label_);
  capture_.push(file_.capture);
  device_.push(biflow.device.empty() ? file_.device : biflow.device);
  table_.label_source.push_back(biflow.label_source);
  table_.keys.push_back(flip ? flipped(key) : std::string(key));
  for (std::size_t i = 0; i < biflow.metadata.size(); ++i) table_.columns[i].values.push_back(biflow.metadata[i]);
  rows_.push_back({files_.size() - 1, rows_.size()});
}

/// Sets `chosen_label_`; false where the biflow is skipped.
bool TraceCollector::choose_label(std::string_view key, const Biflow& biflow) {
  const bool background = !file_.package.empty() && !same_package(biflow.label, file_.package);
  if (background && selection_.background == Background::kDrop) {
    skip("background", key, biflow.label.empty() ? "no label" : biflow.label);
    return false;
  }
  chosen_label_ = background && selection_.background == Background::kLabel ? "background"
                  : selection_.label == LabelFrom::kFile                    ? file_.package
                                                                            : biflow.label;
  if (chosen_label_.empty()) {
    skip("no label", key);
    return false;
  }
  if (selection_.exact_only && biflow.label_source != LabelSource::kExact) {
    skip("label not exact", key);
    return false;
  }
  background_ += background;
  return true;
}

/// Sets `chosen_packets_`; false where too few are left.
bool TraceCollector::choose_packets(std::string_view key, const Biflow& biflow) {
  const auto limit = selection_.packets == 0 ? biflow.lists[lists_[0]].size() : selection_.packets;
  chosen_packets_.clear();
  for (std::size_t i = 0; i < biflow.lists[lists_[0]].size() && chosen_packets_.size() < limit; ++i)
    if (selection_.zero_payload == ZeroPayload::kKeep || biflow.lists[kPayload][i] > 0) chosen_packets_.push_back(i);
  if (chosen_packets_.size() >= selection_.minimum_packets && !chosen_packets_.empty()) return true;
  skip("too few packets", key, fmt::format("{}", chosen_packets_.size()));
  return false;
}

void TraceCollector::append_packets(const Biflow& biflow, bool flip) {
  for (std::size_t channel = 0; channel < lists_.size(); ++channel) {
    const auto& list = biflow.lists[lists_[channel]];
    auto& values = table_.channels[channel].values;
    if (lists_[channel] == kDirection) {
      for (const auto i : chosen_packets_) values.push_back((list[i] == 0) != flip ? -1.0f : 1.0f);
    } else if (lists_[channel] == kInterArrival) {
      // Time since the previous packet kept: the times of the dropped ones between belong to it.
      for (std::size_t k = 0; k < chosen_packets_.size(); ++k) {
        double since = k == 0 && chosen_packets_[0] > 0 ? 0.0 : list[chosen_packets_[k]];
        if (k > 0)
          for (auto i = chosen_packets_[k - 1] + 1; i < chosen_packets_[k]; ++i) since += list[i];
        values.push_back(static_cast<float>(since));
      }
    } else {
      for (const auto i : chosen_packets_) values.push_back(static_cast<float>(list[i]));
    }
  }
  table_.offsets.push_back(table_.offsets.back() + chosen_packets_.size());
}

std::string TraceCollector::skipped() const {
  std::vector<std::string> parts;
  for (const auto& [why, count] : skipped_) parts.push_back(fmt::format("{} {}", count, why));
  return fmt::format("{}", fmt::join(parts, ", "));
}

Traces TraceCollector::finish() && {
  table_.label = label_.sorted();
  table_.capture = capture_.sorted();
  table_.device = device_.sorted();
  table_.counts["files"] = static_cast<std::int64_t>(files_.size());
  table_.counts["biflows"] = biflows_;
  table_.counts["kept"] = kept();
  table_.counts["flipped key"] = flipped_;
  table_.counts["kept background"] = background_;
  for (const auto& [why, count] : skipped_) table_.counts["skipped: " + why] = count;
  table_.notes["zero-payload packets"] = selection_.zero_payload == ZeroPayload::kKeep
                                             ? "kept"
                                             : "dropped; IAT is the time since the previous packet kept";
  for (auto& [why, complaints] : complaints_) {
    std::stable_sort(complaints.begin(), complaints.end(),
                     [&](const auto& a, const auto& b) { return files_[a.file] < files_[b.file]; });
    std::vector<std::string_view> shown;
    for (const auto& complaint : complaints)
      if (shown.size() < kComplaintsShown) shown.push_back(complaint.text);
    table_.notes["skipped: " + why] = fmt::format(
        "{}{}", fmt::join(shown, "; "), skipped_[why] > static_cast<std::int64_t>(shown.size()) ? "; ..." : "");
  }
  Traces traces(std::move(table_));
  const auto by_name = [&](const Row& a, const Row& b) { return files_[a.file] < files_[b.file]; };
  if (std::is_sorted(rows_.begin(), rows_.end(), by_name)) return traces;
  std::stable_sort(rows_.begin(), rows_.end(), by_name);
  std::vector<std::size_t> order;
  for (const auto& row : rows_) order.push_back(row.index);
  return traces.select(order);
}

}  // namespace morgana::mirage
