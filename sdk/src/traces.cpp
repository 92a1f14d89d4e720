// SPDX-License-Identifier: Apache-2.0
#include "morgana/traces.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "morgana/archive.hpp"
#include "morgana/error.hpp"

namespace morgana {
namespace {

template <typename Column>
void check_length(const Column& column, std::size_t wanted, std::string_view what) {
  if (!column.empty() && column.size() != wanted)
    throw Error("traces: {} has {} entries for {}", what, column.size(), wanted);
}

void check_names(const NameColumn& column, std::size_t traces, std::string_view what) {
  check_length(column.id, traces, what);
  for (const auto id : column.id)
    if (id < -1 || id >= static_cast<std::int32_t>(column.names.size()))
      throw Error("traces: {} {} is not among its {} names", what, id, column.names.size());
}

template <typename T>
std::vector<T> gathered(const std::vector<T>& column, std::span<const std::size_t> rows) {
  std::vector<T> result;
  if (column.empty()) return result;
  result.reserve(rows.size());
  for (const auto row : rows) result.push_back(column[row]);
  return result;
}

/// The payload of the packets that are left of each row.
PacketBytes gathered_payload(const TraceTable& table, std::span<const std::size_t> rows,
                             const std::vector<std::uint64_t>& offsets) {
  PacketBytes result;
  const auto& payload = table.payload;
  if (payload.offsets.empty()) return result;
  result.offsets.push_back(0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto first = table.offsets[rows[i]], last = first + offsets[i + 1] - offsets[i];
    const auto shift = result.bytes.size() - payload.offsets[first];
    for (auto packet = first; packet < last; ++packet) result.offsets.push_back(payload.offsets[packet + 1] + shift);
    result.bytes.insert(result.bytes.end(), payload.bytes.begin() + static_cast<std::ptrdiff_t>(payload.offsets[first]),
                        payload.bytes.begin() + static_cast<std::ptrdiff_t>(payload.offsets[last]));
  }
  return result;
}

/// Some rows, each cut to at most `count` packets.
TraceTable gathered(const TraceTable& table, std::span<const std::size_t> rows, std::size_t count) {
  TraceTable result;
  for (const auto row : rows)
    result.offsets.push_back(result.offsets.back() +
                             std::min<std::uint64_t>(count, table.offsets[row + 1] - table.offsets[row]));
  for (const auto& channel : table.channels) {
    PacketChannel copy{channel.name, channel.unit, {}};
    copy.values.reserve(result.offsets.back());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto begin = channel.values.begin() + static_cast<std::ptrdiff_t>(table.offsets[rows[i]]);
      copy.values.insert(copy.values.end(), begin,
                         begin + static_cast<std::ptrdiff_t>(result.offsets[i + 1] - result.offsets[i]));
    }
    result.channels.push_back(std::move(copy));
  }
  result.payload = gathered_payload(table, rows, result.offsets);
  result.label = {table.label.names, gathered(table.label.id, rows)};
  result.capture = {table.capture.names, gathered(table.capture.id, rows)};
  result.device = {table.device.names, gathered(table.device.id, rows)};
  result.label_source = gathered(table.label_source, rows);
  result.keys = gathered(table.keys, rows);
  for (const auto& column : table.columns)
    result.columns.push_back({column.name, column.unit, gathered(column.values, rows)});
  result.counts = table.counts;
  result.notes = table.notes;
  return result;
}

void store_names(Archive& archive, const std::string& name, const NameColumn& column) {
  if (column.id.empty()) return;
  archive.arrays[name] = Array::of(column.id);
  archive.text[name + "_names"] = nlohmann::json(column.names).dump();
}

NameColumn load_names(const Archive& archive, const std::string& name) {
  if (!archive.arrays.contains(name)) return {};
  return {nlohmann::json::parse(archive.text_of(name + "_names")).get<std::vector<std::string>>(),
          archive.array(name).to_vector<std::int32_t>()};
}

/// Text columns are one block of bytes and where each entry ends.
void store_strings(Archive& archive, const std::string& name, const std::vector<std::string>& strings) {
  if (strings.empty()) return;
  std::vector<std::uint8_t> bytes;
  std::vector<std::int64_t> offsets{0};
  for (const auto& text : strings) {
    bytes.insert(bytes.end(), text.begin(), text.end());
    offsets.push_back(static_cast<std::int64_t>(bytes.size()));
  }
  archive.arrays[name + ".bytes"] = Array::of(std::move(bytes));
  archive.arrays[name + ".offsets"] = Array::of(std::move(offsets));
}

std::vector<std::string> load_strings(const Archive& archive, const std::string& name) {
  std::vector<std::string> strings;
  if (!archive.arrays.contains(name + ".offsets")) return strings;
  const auto bytes = archive.array(name + ".bytes").as<std::uint8_t>();
  const auto offsets = archive.array(name + ".offsets").as<std::int64_t>();
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
    if (offsets[i] < 0 || offsets[i + 1] < offsets[i] || static_cast<std::size_t>(offsets[i + 1]) > bytes.size())
      throw Error("text column \"{}\" is damaged", name);
    strings.emplace_back(bytes.begin() + offsets[i], bytes.begin() + offsets[i + 1]);
  }
  return strings;
}

}  // namespace

std::size_t TraceView::packets() const { return traces_->packets(row_); }
std::span<const float> TraceView::channel(std::size_t index) const { return traces_->channel(index, row_); }
std::span<const float> TraceView::channel(std::string_view name) const {
  return traces_->channel(traces_->channel_index(name), row_);
}
const std::string& TraceView::label() const {
  static const std::string unknown;
  const auto id = traces_->label(row_);
  return id < 0 ? unknown : traces_->class_names()[static_cast<std::size_t>(id)];
}

Traces::Traces(TraceTable table) : table_(std::move(table)) {
  if (table_.offsets.empty() || table_.offsets.front() != 0 ||
      !std::is_sorted(table_.offsets.begin(), table_.offsets.end()))
    throw Error("traces: the offsets do not start at 0 and rise");
  for (const auto& channel : table_.channels)
    if (channel.values.size() != packets())
      throw Error("traces: channel \"{}\" has {} values for {} packets", channel.name, channel.values.size(),
                  packets());
  for (const auto& channel : table_.channels)
    for (std::size_t packet = 0; packet < channel.values.size(); ++packet)
      if (!std::isfinite(channel.values[packet])) {
        const auto next = std::upper_bound(table_.offsets.begin(), table_.offsets.end(), packet);
        throw Error("traces: channel \"{}\" of trace {} holds {}", channel.name, next - table_.offsets.begin() - 1,
                    channel.values[packet]);
      }
  const auto& payload = table_.payload;
  if (!payload.offsets.empty() && (payload.offsets.size() != packets() + 1 || payload.offsets.front() != 0 ||
                                   !std::is_sorted(payload.offsets.begin(), payload.offsets.end()) ||
                                   payload.offsets.back() != payload.bytes.size()))
    throw Error("traces: the payload's offsets do not divide {} bytes among {} packets", payload.bytes.size(),
                packets());
  check_names(table_.label, size(), "label");
  check_names(table_.capture, size(), "capture");
  check_names(table_.device, size(), "device");
  check_length(table_.label_source, size(), "label source");
  check_length(table_.keys, size(), "keys");
  for (const auto& column : table_.columns)
    if (column.values.size() != size())
      throw Error("traces: column \"{}\" has {} values for {} traces", column.name, column.values.size(), size());
}

const ValueType& Traces::type() {
  static const ValueType type{
      "Traces", ".safetensors",
      [](const std::filesystem::path& file) -> std::shared_ptr<const Value> { return load(file); }};
  return type;
}

void Traces::save(const std::filesystem::path& file) const {
  Archive archive;
  archive.text["morgana"] = "traces/1";
  archive.arrays["offsets"] = Array::of(std::vector<std::int64_t>(table_.offsets.begin(), table_.offsets.end()));
  nlohmann::json channels = nlohmann::json::array(), columns = nlohmann::json::array();
  for (const auto& channel : table_.channels) {
    channels.push_back({{"name", channel.name}, {"unit", channel.unit}});
    archive.arrays["channel." + channel.name] = Array::of(channel.values);
  }
  for (const auto& column : table_.columns) {
    columns.push_back({{"name", column.name}, {"unit", column.unit}});
    archive.arrays["column." + column.name] = Array::of(column.values);
  }
  if (!table_.payload.offsets.empty()) {
    archive.arrays["payload.bytes"] = Array::of(table_.payload.bytes);
    archive.arrays["payload.offsets"] =
        Array::of(std::vector<std::int64_t>(table_.payload.offsets.begin(), table_.payload.offsets.end()));
  }
  archive.text["channels"] = channels.dump();
  archive.text["columns"] = columns.dump();
  archive.text["counts"] = nlohmann::json(table_.counts).dump();
  archive.text["notes"] = nlohmann::json(table_.notes).dump();
  store_names(archive, "label", table_.label);
  store_names(archive, "capture", table_.capture);
  store_names(archive, "device", table_.device);
  store_strings(archive, "keys", table_.keys);
  if (!table_.label_source.empty()) {
    std::vector<std::uint8_t> sources;
    for (const auto source : table_.label_source) sources.push_back(static_cast<std::uint8_t>(source));
    archive.arrays["label_source"] = Array::of(std::move(sources));
  }
  archive.write(file);
}

std::shared_ptr<const Traces> Traces::load(const std::filesystem::path& file) {
  const auto archive = Archive::read(file);
  try {
    TraceTable table;
    const auto offsets = archive.array("offsets").as<std::int64_t>();
    table.offsets.assign(offsets.begin(), offsets.end());
    for (const auto& entry : nlohmann::json::parse(archive.text_of("channels"))) {
      const auto name = entry.at("name").get<std::string>();
      table.channels.push_back(
          {name, entry.at("unit").get<std::string>(), archive.array("channel." + name).to_vector<float>()});
    }
    for (const auto& entry : nlohmann::json::parse(archive.text_of("columns"))) {
      const auto name = entry.at("name").get<std::string>();
      table.columns.push_back(
          {name, entry.at("unit").get<std::string>(), archive.array("column." + name).to_vector<double>()});
    }
    if (archive.arrays.contains("payload.offsets")) {
      const auto ends = archive.array("payload.offsets").as<std::int64_t>();
      table.payload = {{ends.begin(), ends.end()}, archive.array("payload.bytes").to_vector<std::uint8_t>()};
    }
    table.counts = nlohmann::json::parse(archive.text_of("counts")).get<std::map<std::string, std::int64_t>>();
    table.notes = nlohmann::json::parse(archive.text_of("notes")).get<std::map<std::string, std::string>>();
    table.label = load_names(archive, "label");
    table.capture = load_names(archive, "capture");
    table.device = load_names(archive, "device");
    table.keys = load_strings(archive, "keys");
    if (archive.arrays.contains("label_source"))
      for (const auto source : archive.array("label_source").as<std::uint8_t>())
        table.label_source.push_back(static_cast<LabelSource>(source));
    return std::make_shared<const Traces>(std::move(table));
  } catch (const std::exception& exception) {
    throw Error("{} does not hold traces: {}", file.string(), exception.what());
  }
}

std::size_t Traces::bytes() const {
  std::size_t total = table_.offsets.size() * sizeof(std::uint64_t);
  for (const auto& channel : table_.channels) total += channel.values.size() * sizeof(float);
  for (const auto& column : table_.columns) total += column.values.size() * sizeof(double);
  for (const auto& key : table_.keys) total += sizeof key + key.size();
  total += table_.payload.bytes.size() + table_.payload.offsets.size() * sizeof(std::uint64_t);
  return total + (table_.label.id.size() + table_.capture.id.size() + table_.device.id.size()) * sizeof(std::int32_t);
}

std::size_t Traces::longest() const noexcept {
  std::size_t longest = 0;
  for (std::size_t row = 0; row < size(); ++row) longest = std::max(longest, packets(row));
  return longest;
}

std::vector<std::vector<std::size_t>> Traces::rows_by_class() const {
  std::vector<std::vector<std::size_t>> rows(class_names().size());
  for (std::size_t row = 0; row < table_.label.id.size(); ++row)
    if (table_.label.id[row] >= 0) rows[static_cast<std::size_t>(table_.label.id[row])].push_back(row);
  return rows;
}

std::optional<std::size_t> Traces::find_channel(std::string_view name) const {
  for (std::size_t i = 0; i < table_.channels.size(); ++i)
    if (table_.channels[i].name == name) return i;
  return std::nullopt;
}

std::size_t Traces::channel_index(std::string_view name) const {
  if (const auto index = find_channel(name)) return *index;
  std::vector<std::string_view> names;
  for (const auto& channel : table_.channels) names.push_back(channel.name);
  throw Error("the traces have no channel \"{}\"; they have {}", name, fmt::join(names, ", "));
}

std::span<const std::uint8_t> Traces::payload(std::size_t packet) const {
  const auto& payload = table_.payload;
  if (payload.offsets.empty()) return {};
  return std::span(payload.bytes)
      .subspan(payload.offsets[packet], payload.offsets[packet + 1] - payload.offsets[packet]);
}

std::vector<float> Traces::expression(std::string_view text) const {
  const auto star = text.find('*');
  if (star == std::string_view::npos) return table_.channels[channel_index(text)].values;
  auto values = table_.channels[channel_index(text.substr(0, star))].values;
  const auto& factor = table_.channels[channel_index(text.substr(star + 1))].values;
  for (std::size_t i = 0; i < values.size(); ++i) values[i] *= factor[i];
  return values;
}

std::string Traces::expression_unit(std::string_view text) const {
  const auto star = text.find('*');
  const auto& unit = table_.channels[channel_index(text.substr(0, star))].unit;
  return !unit.empty() || star == std::string_view::npos ? unit
                                                         : table_.channels[channel_index(text.substr(star + 1))].unit;
}

Traces Traces::select(std::span<const std::size_t> rows) const {
  return Traces(gathered(table_, rows, std::numeric_limits<std::size_t>::max()));
}

Traces Traces::first_packets(std::size_t count) const {
  std::vector<std::size_t> rows(size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return Traces(gathered(table_, rows, count));
}

}  // namespace morgana
