// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>
#include <morgana/stage.hpp>
#include <morgana/traces.hpp>

#include "parquet_file.hpp"

namespace morgana::mirage_parquet {
namespace {

struct Options {
  std::vector<std::string> channels;
  std::size_t packets, minimum_packets;
  double seconds_per_unit;
  bool drop_padding;
};

/// Turns the columns of a teaching file into traces, row by row.
class RowsToTraces {
 public:
  RowsToTraces(const ListTable& columns, const Options& options) : columns_(columns), options_(options) {}

  TraceTable run(Context& context) {
    for (const auto& name : options_.channels)
      table_.channels.push_back({name, name == "PL" ? "bytes" : name == "IAT" ? "s" : "", {}});
    for (std::size_t row = 0; row < columns_.text.size(); ++row) {
      if (row % 4096 == 0) {
        context.check_stop();
        context.progress({row, columns_.text.size(), "biflows"});
      }
      if (const auto why = add(row)) ++table_.counts[std::string("skipped: ") + why];
    }
    table_.counts["biflows"] = static_cast<std::int64_t>(columns_.text.size());
    table_.counts["kept"] = static_cast<std::int64_t>(table_.offsets.size() - 1);
    finish_labels();
    note_times();
    return std::move(table_);
  }

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
    for (std::size_t channel = 0; channel < options_.channels.size(); ++channel)
      for (std::size_t packet = 0; packet < length; ++packet)
        if (!is_valid(options_.channels[channel], value(channel, row, packet))) return "value out of range";
    const auto packets =
        std::min<std::size_t>(without_padding(row, length), options_.packets == 0 ? length : options_.packets);
    if (packets < options_.minimum_packets) return "too few packets";
    for (std::size_t channel = 0; channel < options_.channels.size(); ++channel) {
      auto& values = table_.channels[channel].values;
      for (std::size_t packet = 0; packet < packets; ++packet)
        values.push_back(converted(options_.channels[channel], value(channel, row, packet)));
    }
    table_.offsets.push_back(table_.offsets.back() + packets);
    labels_.push_back(&columns_.text[row]);
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
    const auto place = std::find(options_.channels.begin(), options_.channels.end(), "PL");
    if (!options_.drop_padding || place == options_.channels.end()) return length;
    const auto channel = static_cast<std::size_t>(place - options_.channels.begin());
    const auto whole = length;
    while (length > 0 && value(channel, row, length - 1) == 0) --length;
    if (length != whole) table_.counts["padding packets dropped"] += static_cast<std::int64_t>(whole - length);
    return length;
  }

  void finish_labels() {
    std::map<std::string, std::int32_t> ids;
    for (const auto* label : labels_) ids.emplace(*label, 0);
    for (auto& [name, id] : ids) {
      id = static_cast<std::int32_t>(table_.label.names.size());
      table_.label.names.push_back(name);
    }
    for (const auto* label : labels_) table_.label.id.push_back(ids.at(*label));
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
  const Options& options_;
  TraceTable table_;
  std::vector<const std::string*> labels_;
};

/// The files in which the university's courses hand out MIRAGE-VIDEO and MIRAGE-AppxAct: one row a biflow.
class ReadTeachingFile final : public Stage {
  void run(Context& context) override {
    if (channels->empty()) throw Error("no channel is asked for");
    if (packets_below_minimum()) throw Error("minimum_packets {} is more than packets {}", *minimum_packets, *packets);
    const auto columns = read_lists(path->path, *channels, *label, "IAT");
    if (columns.names.size() < channels->size())
      context.log().warning("{} has no column \"IAT\": its traces have no times", path->path.filename().string());
    const Options options{columns.names, static_cast<std::size_t>(*packets), static_cast<std::size_t>(*minimum_packets),
                          *time_unit == "us" ? 1e-6 : 1.0, *padding == "drop"};
    auto table = RowsToTraces(columns, options).run(context);
    if (table.offsets.size() == 1)
      throw Error("none of the {} biflows in {} is left", columns.text.size(), path->path.string());
    traces = Traces(std::move(table));
    context.log().info("{} traces of {} biflows, {} classes", traces->size(), columns.text.size(),
                       traces->class_names().size());
  }

 private:
  bool packets_below_minimum() const { return *packets != 0 && *packets < *minimum_packets; }

  Param<InputPath> path{
      *this,
      "path",
      {.doc = "The parquet file: one row a biflow, list columns PL, DIR and perhaps IAT, a text column."}};
  Param<std::vector<std::string>> channels{
      *this,
      "channels",
      {.value = std::vector<std::string>{"PL", "IAT", "DIR"},
       .choices = {"PL", "IAT", "DIR"},
       .doc =
           "What is kept of each packet: payload bytes, seconds since the previous packet (where the file has them), "
           "direction."}};
  Param<std::string> label{*this, "label", {.value = "LABEL", .doc = "The text column that becomes the class."}};
  Param<int> packets{
      *this,
      "packets",
      {.value = 0,
       .unit = "packets",
       .min = 0,
       .doc = "Packets kept from the start of each biflow; 0: all, which are 10 in the files as handed out."}};
  Param<int> minimum_packets{
      *this, "minimum_packets", {.value = 1, .unit = "packets", .min = 1, .doc = "Shortest trace kept."}};
  Param<Choice> time_unit{*this,
                          "time_unit",
                          {.value = Choice{"us"},
                           .choices = {"us", "s"},
                           .doc = "Unit of the file's IAT; traces hold seconds.",
                           .origin = "the files hold microseconds"}};
  Param<Choice> padding{*this,
                        "padding",
                        {.value = Choice{"drop"},
                         .choices = {"drop", "keep"},
                         .doc = "Packets of zero payload at the end of a row, with which some files fill rows up."}};
  Out<Traces> traces{*this, "traces", "One trace a row, in the file's order."};
};

}  // namespace
}  // namespace morgana::mirage_parquet

MORGANA_PLUGIN(
    "mirage-parquet", "1.0.0", "Reads MIRAGE-VIDEO and MIRAGE-AppxAct from parquet.",
    morgana::stage<morgana::mirage_parquet::ReadTeachingFile>("read.mirage-video",
                                                              "Reads MIRAGE-VIDEO from its teaching parquet file."),
    morgana::stage<morgana::mirage_parquet::ReadTeachingFile>("read.mirage-appxact",
                                                              "Reads MIRAGE-AppxAct from its teaching parquet file."));
