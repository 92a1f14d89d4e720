// SPDX-License-Identifier: Apache-2.0
#include "trace_collector.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gather.hpp"
#include "morgana/channels.hpp"
#include "morgana/error.hpp"

namespace morgana::mirage {
namespace {

/// File names may be any bytes; names in traces are UTF-8.
std::string as_utf8(std::string text) {
  if (!is_utf8(text))
    for (auto& byte : text)
      if (static_cast<unsigned char>(byte) >= 0x80) byte = '?';
  return text;
}

}  // namespace

TraceCollector::TraceCollector(const Selection& selection) : selection_(&selection), labelling_(selection) {
  selection.check();
  for (const auto& channel : selection.form.channels) {
    lists_.push_back(list_of(channel));
    table_.channels.push_back(standard_channel(channel));
  }
  const auto wanted = selection.wanted();
  first_list_ =
      static_cast<PacketList>(std::find(wanted.lists.begin(), wanted.lists.end(), true) - wanted.lists.begin());
  if (wanted.payload_bytes > 0) table_.payload.offsets = {0};
  if (wanted.start) table_.columns.push_back({"start", "s", {}});
  for (std::size_t i = 0; i < kMetadataNames.size(); ++i)
    if (selection.release->transport_options || !is_transport_option(kMetadataNames[i])) {
      metadata_.push_back(i);
      table_.columns.push_back({std::string(kMetadataNames[i]), std::string(metadata_unit(kMetadataNames[i])), {}});
    }
  if (selection.features)
    for (auto& feature : feature_names())
      table_.columns.push_back({std::move(feature.name), std::move(feature.unit), {}});
}

void TraceCollector::begin_file(const std::string& path, std::uint64_t order) {
  files_.push_back({path, order});
  file_ = read_file_name(as_utf8(path));
  labelling_.begin_file(file_);
}

void TraceCollector::skip_file() {
  skipped_.add("file about traffic, written by morgana", as_utf8(files_.back().path), "");
}

void TraceCollector::skip(const std::string& why, std::string_view key, std::string_view fact) {
  skipped_.add(why, fmt::format("{} biflow {}", as_utf8(files_.back().path), as_utf8(std::string(key))),
               std::string(fact));
}

void TraceCollector::skip_damaged(std::string_view key, const Damage& damage) {
  ++biflows_;
  const auto field = damage.field.empty() ? std::string("biflow") : damage.field;
  skip("damaged " + field, key, field + ": " + damage.reason);
}

void TraceCollector::add(std::string_view key, const Biflow& biflow) {
  ++biflows_;
  const auto label = labelling_.label_of(biflow);
  if (label.text.empty()) return skip(label.why, key, label.fact);
  if (!choose_packets(key, biflow)) return;
  background_ += label.background;
  const bool flip = is_flipped(key);
  flipped_ += flip;
  append_packets(biflow, flip);
  append_columns(biflow);
  label_.add(label.text);
  capture_.add(file_.capture);
  const auto& from_path = file_.address.empty() && selection_->release->folder_is_device ? file_.folder : file_.address;
  device_.add(biflow.device.empty() ? from_path : biflow.device);
  table_.label_source.push_back(biflow.label_source);
  table_.keys.push_back(flip ? flipped(key) : std::string(key));
  rows_.push_back(files_.size() - 1);
}

/// Sets `chosen_packets_`; false where too few are left.
bool TraceCollector::choose_packets(std::string_view key, const Biflow& biflow) {
  const auto& payload = biflow.lists[kPayload];
  const auto& kept = selection_->form.kept;
  const auto count = biflow.lists[first_list_].size();
  const auto limit = kept.most == 0 ? count : kept.most;
  chosen_packets_.clear();
  for (std::size_t i = 0; i < count && chosen_packets_.size() < limit; ++i)
    if (!kept.drops_zero_payload() || payload[i] > 0) chosen_packets_.push_back(i);
  if (chosen_packets_.size() >= kept.least && !chosen_packets_.empty()) return true;
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
      append_times(biflow, table_.channels[channel].name == "TIME", values);
    } else {
      for (const auto i : chosen_packets_) values.push_back(static_cast<float>(list[i]));
    }
  }
  if (selection_->form.payload_bytes > 0) append_payload(biflow);
  table_.offsets.push_back(table_.offsets.back() + chosen_packets_.size());
}

/// Time since the previous packet kept, or since the first one: the times of the dropped ones between belong to it.
void TraceCollector::append_times(const Biflow& biflow, bool from_start, std::vector<float>& values) const {
  const auto& list = biflow.lists[kInterArrival];
  double time = 0;
  for (std::size_t k = 0; k < chosen_packets_.size(); ++k) {
    double since = k == 0 && (from_start || chosen_packets_[0] > 0) ? 0.0 : list[chosen_packets_[k]];
    if (k > 0)
      for (auto i = chosen_packets_[k - 1] + 1; i < chosen_packets_[k]; ++i) since += list[i];
    time += since;
    values.push_back(static_cast<float>(from_start ? time : since));
  }
}

void TraceCollector::append_payload(const Biflow& biflow) {
  const auto& ends = biflow.payload_ends;
  for (const auto i : chosen_packets_) {
    const auto begin = i == 0 || ends.empty() ? 0 : ends[std::min(i, ends.size()) - 1];
    const auto end = i < ends.size() ? ends[i] : begin;
    table_.payload.bytes.insert(table_.payload.bytes.end(), biflow.payload.begin() + static_cast<std::ptrdiff_t>(begin),
                                biflow.payload.begin() + static_cast<std::ptrdiff_t>(end));
    table_.payload.offsets.push_back(table_.payload.bytes.size());
    const auto due = std::min(biflow.lists[kPayload][i], static_cast<double>(selection_->form.payload_bytes));
    payload_short_ += static_cast<double>(end - begin) < due;
  }
}

void TraceCollector::append_columns(const Biflow& biflow) {
  auto column = table_.columns.begin();
  if (selection_->release->timestamps) (column++)->values.push_back(biflow.start);
  for (const auto place : metadata_) (column++)->values.push_back(biflow.metadata[place]);
  if (selection_->features)
    for (const double value : biflow.features) (column++)->values.push_back(value);
}

void TraceCollector::note_choices(TraceTable& table) const {
  table.notes["dataset"] = selection_->release->name;
  for (std::size_t i = 0; i < lists_.size(); ++i) {
    const auto& channel = selection_->form.channels[i];
    table.notes["channel " + channel] =
        channel == "TIME" ? "seconds since the trace's first packet: the sum of iat"
                          : fmt::format("{} ({})", find_standard_channel(channel)->doc, kListNames[lists_[i]]);
  }
  table.notes["zero-payload packets"] = selection_->form.kept.zero_payload_note();
}

Traces TraceCollector::merge(std::vector<TraceCollector> parts, const Omissions& omissions) {
  struct Place {
    const File* file;
    RowPlace row;
  };
  std::vector<Place> places;
  std::vector<TraceTable*> tables;
  auto& first = parts.front();
  TraceTable facts;
  NameColumnBuilder label, capture, device;
  std::int64_t files = 0;
  for (std::size_t part = 0; part < parts.size(); ++part) {
    auto& collector = parts[part];
    for (std::size_t row = 0; row < collector.rows_.size(); ++row)
      places.push_back({&collector.files_[collector.rows_[row]], {part, row}});
    tables.push_back(&collector.table_);
    label.append(collector.label_);
    capture.append(collector.capture_);
    device.append(collector.device_);
    files += static_cast<std::int64_t>(collector.files_.size());
    facts.counts["biflows"] += collector.biflows_;
    facts.counts["flipped key"] += collector.flipped_;
    facts.counts["kept background"] += collector.background_;
    if (first.selection_->form.payload_bytes > 0)
      facts.counts["packets without all their payload bytes"] += collector.payload_short_;
  }
  std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::tie(a.file->path, a.file->order, a.row.row) < std::tie(b.file->path, b.file->order, b.row.row);
  });
  std::vector<RowPlace> order;
  order.reserve(places.size());
  for (const auto& place : places) order.push_back(place.row);
  facts.counts["files"] = files;
  facts.counts["kept"] = static_cast<std::int64_t>(order.size());
  first.note_choices(facts);
  omissions.write_to(facts);
  auto table =
      gather(tables, order, {std::move(label).finish(), std::move(capture).finish(), std::move(device).finish()});
  table.counts = std::move(facts.counts);
  table.notes = std::move(facts.notes);
  return Traces(std::move(table));
}

}  // namespace morgana::mirage
