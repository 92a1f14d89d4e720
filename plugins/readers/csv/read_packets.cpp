// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <morgana/stage.hpp>
#include <morgana/traces.hpp>
#include <optional>
#include <unordered_map>

#include "cell.hpp"
#include "csv_files.hpp"
#include "header.hpp"
#include "rows.hpp"
#include "stages.hpp"
#include "tables/finished.hpp"
#include "tables/row_parameters.hpp"

namespace morgana::csv {
namespace {

/// A trace while its packets are gathered.
struct Gathered {
  std::vector<std::vector<double>> lists;
  std::string label, capture;
  std::uint64_t line = 0;        ///< of its first packet
  std::optional<Fault> fault{};  ///< why it must be left out
};

/// The traces of one file, in the order of their first packets.
class PacketTable {
 public:
  PacketTable(const CsvFile& file, const Header& header, const tables::RowOptions& options,
              const std::vector<std::string>& trace, const CsvParameters& csv)
      : header_(header),
        trace_(trace, file.path, header),
        label_(csv.labels(file, header)),
        capture_(csv.captures(file, header)) {
    for (const auto& source : options.sources) columns_.push_back(header.find(source.column));
  }

  void add(const Records& records, tables::RowCollector& collector) {
    const auto& cells = records.cells();
    std::optional<Fault> fault;
    if (cells.size() != header_.size()) fault = ragged_row(header_, records);
    if (fault && !trace_.within(cells)) return collector.note_omission(fault->reason, records.number(), fault->fact);
    const auto& id = trace_.of(cells);
    if (id.empty()) return collector.note_omission("packet of no trace", records.number(), "");
    const auto [place, added] = places_.try_emplace(id, traces_.size());
    if (added) traces_.push_back({std::vector<std::vector<double>>(columns_.size()), "", "", records.number()});
    auto& trace = traces_[place->second];
    if (fault) return spoil(trace, *fault, records);
    take_name(trace, trace.label, label_.of(cells), "labels differ", added, records);
    take_name(trace, trace.capture, capture_.of(cells), "captures differ", added, records);
    for (std::size_t i = 0; i < columns_.size(); ++i)
      trace.lists[i].push_back(number_in(header_, records, columns_[i], "line", fault));
    if (fault) spoil(trace, *fault, records);
  }

  void collect(tables::RowCollector& collector) const {
    tables::TraceRow row;
    for (const auto& trace : traces_) {
      if (trace.fault) {
        collector.leave_out(trace.fault->reason, trace.line, trace.fault->fact);
        continue;
      }
      row.lists.assign(trace.lists.begin(), trace.lists.end());
      row.label = trace.label;
      row.capture = trace.capture;
      row.number = trace.line;
      collector.add(row);
    }
  }

 private:
  static void spoil(Gathered& trace, const Fault& fault, const Records& records) {
    if (!trace.fault) trace.fault = {fault.reason, fmt::format("line {}: {}", records.number(), fault.fact)};
  }

  static void take_name(Gathered& trace, std::string& name, const std::string& here, const char* reason, bool first,
                        const Records& records) {
    if (first) name = here;
    else if (name != here) spoil(trace, {reason, fmt::format("{} after {}", shown(here), shown(name))}, records);
  }

  const Header& header_;
  NameCells trace_, label_, capture_;
  std::vector<std::size_t> columns_;
  std::unordered_map<std::string, std::size_t> places_;
  std::vector<Gathered> traces_;
};

/// Tables with a row a packet, as a capture's dissector or a script writes them.
class ReadPackets final : public Stage {
  Param<InputPath> path{
      *this, "path", {.doc = "A CSV file, or a folder or archive of .csv and .tsv files; .gz and .zst too."}};
  Param<std::vector<std::string>> trace{
      *this,
      "trace",
      {.doc = "Columns that together tell traces apart within a file, or \"{file}\" where each file is one. The rows "
              "of a trace may lie apart."}};
  Check traces_are_told_apart{
      *this, [this] {
        if (trace->empty())
          throw Error("no column tells traces apart").hint("set trace to columns, or to [\"{file}\"]");
      }};
  tables::RowParameters packet_columns{*this};
  CsvParameters csv{*this};
  Out<Traces> traces{*this, "traces", "Traces in the order of their first packets, file by file."};

  void run(Context& context) override {
    auto options = packet_columns.options();
    csv.name_rows(options);
    options.row = "trace";
    options.rows = "traces";
    tables::RowCollector collector(options);
    csv.visit(path->path, context, collector, [&](const CsvFile& file, CsvRecords& records) {
      collector.begin_file(file.name, "line");
      if (!records.next()) throw Error("{} is empty", file.name);
      const Header header(file.name, records.cells(), csv.header());
      PacketTable table(file, header, options, *trace, csv);
      for (bool more = csv.header() ? records.next() : true; more; more = records.next()) table.add(records, collector);
      table.collect(collector);
    });
    traces = tables::finished(std::move(collector), path->path, context);
  }
};

}  // namespace

StageEntry read_packets() {
  return stage<ReadPackets>("read.csv-packets", "Reads traces from CSV files with a row a packet.");
}

}  // namespace morgana::csv
