// SPDX-License-Identifier: Apache-2.0
#include "parquet/teaching_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string_view>

#include "morgana/channels.hpp"
#include "morgana/error.hpp"
#include "morgana/trace_builder.hpp"
#include "parquet/list_table.hpp"

namespace morgana::tables {
namespace {

/// Turns the columns of a teaching file into traces, row by row.
class RowsToTraces {
 public:
  RowsToTraces(const ListTable& columns, const TeachingOptions& options, std::string name)
      : columns_(columns), options_(options), name_(std::move(name)) {
    for (const auto& channel : columns_.names) table_.channels.push_back(standard_channel(channel));
  }

  TraceTable run(Context& context) {
    for (std::size_t row = 0; row < columns_.text.size(); ++row) {
      if (row % 4096 == 0) {
        context.check_stop();
        context.progress({row, columns_.text.size(), "biflows"});
      }
      if (const auto why = add(row)) omissions_.add(why, fmt::format("{} row {}", name_, row));
    }
    table_.counts["biflows"] = static_cast<std::int64_t>(columns_.text.size());
    table_.counts["kept"] = static_cast<std::int64_t>(table_.offsets.size() - 1);
    omissions_.write_to(table_);
    table_.label = std::move(labels_).finish();
    note_times();
    return std::move(table_);
  }

  const Omissions& omissions() const { return omissions_; }

 private:
  double value(std::size_t channel, std::size_t row, std::size_t packet) const {
    return columns_.lists[channel].values[columns_.lists[channel].offsets[row] + packet];
  }

  /// Null, or why the row is left out.
  const char* add(std::size_t row) {
    const auto length = columns_.lists[0].length(row);
    for (const auto& list : columns_.lists)
      if (list.length(row) != length) return "unequal lengths";
    if (length == 0) return "no packets";
    if (columns_.text[row].empty()) return "no label";
    for (std::size_t channel = 0; channel < columns_.names.size(); ++channel)
      for (std::size_t packet = 0; packet < length; ++packet)
        if (!is_valid(columns_.names[channel], value(channel, row, packet))) return "value out of range";
    const auto packets =
        std::min<std::size_t>(without_padding(row, length), options_.packets == 0 ? length : options_.packets);
    if (packets < options_.minimum_packets) return "too few packets";
    for (std::size_t channel = 0; channel < columns_.names.size(); ++channel) {
      auto& values = table_.channels[channel].values;
      for (std::size_t packet = 0; packet < packets; ++packet)
        values.push_back(converted(columns_.names[channel], value(channel, row, packet)));
    }
    table_.offsets.push_back(table_.offsets.back() + packets);
    labels_.add(columns_.text[row]);
    return nullptr;
  }

  static bool is_valid(const std::string& channel, double value) {
    if (channel == "DIR") return value == 0 || value == 1 || value == -1;
    return std::isfinite(value) && value >= 0;
  }

  float converted(const std::string& channel, double value) const {
    if (channel == "DIR") return value > 0 ? 1.0f : -1.0f;
    if (channel == "IAT") return static_cast<float>(value * options_.seconds_per_unit);
    return static_cast<float>(value);
  }

  /// These files hold packets with payload only, so zeros at the end fill a row up to its width.
  std::size_t without_padding(std::size_t row, std::size_t length) {
    const auto place = std::find(columns_.names.begin(), columns_.names.end(), "PL");
    if (!options_.drop_padding || place == columns_.names.end()) return length;
    const auto channel = static_cast<std::size_t>(place - columns_.names.begin());
    const auto whole = length;
    while (length > 0 && value(channel, row, length - 1) == 0) --length;
    if (length != whole) table_.counts["padding packets dropped"] += static_cast<std::int64_t>(whole - length);
    return length;
  }

  void note_times() {
    for (const auto& channel : table_.channels) {
      if (channel.name != "IAT" || channel.values.empty()) continue;
      const float largest = *std::max_element(channel.values.begin(), channel.values.end());
      const auto count = std::count(channel.values.begin(), channel.values.end(), largest);
      auto& note = table_.notes["channel IAT"];
      note = fmt::format("seconds; the file's numbers times {}", options_.seconds_per_unit);
      if (count > 1)
        note += fmt::format("; the largest, {} s, stands {} times: the file's times are cut off there", largest, count);
    }
  }

  const ListTable& columns_;
  const TeachingOptions& options_;
  std::string name_;
  TraceTable table_;
  NameColumnBuilder labels_;
  Omissions omissions_;
};

}  // namespace

bool is_parquet(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  char begin[4] = {};
  return in.read(begin, sizeof begin) && std::string_view(begin, sizeof begin) == "PAR1";
}

Traces teaching_traces(const std::filesystem::path& file, const TeachingOptions& options, Context& context) {
  if (options.channels.empty()) throw Error("no channel is asked for");
  const auto columns = read_lists(file, options.channels, options.label, "IAT");
  if (columns.names.size() < options.channels.size())
    context.log().warning("{} has no column \"IAT\": its traces have no times", file.filename().string());
  RowsToTraces rows(columns, options, file.filename().string());
  auto table = rows.run(context);
  if (table.offsets.size() == 1)
    throw Error("none of the {} biflows in {} is left: {}", columns.text.size(), file.string(),
                rows.omissions().summary());
  return Traces(std::move(table));
}

}  // namespace morgana::tables
