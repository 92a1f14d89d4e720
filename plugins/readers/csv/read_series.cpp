// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <morgana/channels.hpp>
#include <morgana/stage.hpp>
#include <morgana/traces.hpp>

#include "csv_files.hpp"
#include "header.hpp"
#include "rows.hpp"
#include "stages.hpp"
#include "tables/finished.hpp"
#include "transposed.hpp"

namespace morgana::csv {
namespace {

/// Which cells of a record mean what.
struct SeriesCells {
  std::size_t first = 0, last = 0;   ///< of the series
  std::vector<std::size_t> columns;  ///< of the further numbers
};

/// Series of equally long time bins, such as bytes downloaded each half second: a trace a row, or a column.
class ReadSeries final : public Stage {
  Param<InputPath> path{
      *this, "path", {.doc = "A CSV file, or a folder or archive of .csv and .tsv files; .gz and .zst too."}};
  Param<Choice> layout{*this,
                       "layout",
                       {.value = Choice{"rows"},
                        .choices = {"rows", "columns"},
                        .doc = "A trace a row under names of columns, or a trace a column behind names of rows; what "
                               "is said of columns then holds for rows."}};
  Param<double> bin_seconds{
      *this,
      "bin_seconds",
      {.value = 0.0, .unit = "s", .min = 0, .doc = "Length of a bin: gives the channel IAT, first 0; 0: no times."}};
  Param<std::string> channel{
      *this, "channel", {.value = "BYTES", .doc = "The packet channel that the series becomes."}};
  Param<std::string> unit{
      *this, "unit", {.value = "bytes", .doc = "Unit of the channel; those of standard channels are known."}};
  Param<std::string> series{*this,
                            "series",
                            {.value = "",
                             .doc = "First and last column of the series, \"b0..b239\"; empty: the longest run of "
                                    "columns whose names count up."}};
  Param<std::vector<std::string>> columns{
      *this,
      "columns",
      {.value = std::vector<std::string>{}, .doc = "Further columns, a number a trace, kept with it."}};
  CsvParameters csv{*this};
  Check channel_fits{*this, [this] { options(); }};
  Out<Traces> traces{*this, "traces", "One trace a series, in the files' order; a bin is a packet."};

  tables::RowOptions options() const {
    tables::RowOptions options;
    if (channel->empty() || *channel == "IAT" || *channel == "DIR")
      throw Error("channel \"{}\" is none for a series", *channel).hint("such as BYTES or PL");
    options.sources.push_back({*channel, *channel});
    options.sources.back().unit = *unit;
    options.sources.back().note = "a series of bins";
    if (*bin_seconds > 0) {
      options.sources.push_back({"IAT", "IAT"});
      options.sources.back().note = fmt::format("bins of {} s", *bin_seconds);
    }
    csv.name_rows(options);
    for (const auto& name : *columns) options.columns.push_back({name, "", {}});
    options.row = options.rows = "series";
    return options;
  }

  SeriesCells find_cells(const Header& header, const NameCells& labels, const NameCells& captures, Context& context) {
    SeriesCells cells;
    std::vector<bool> taken(header.size());
    labels.mark(taken);
    captures.mark(taken);
    for (const auto& column : *columns) taken[cells.columns.emplace_back(header.find(column))] = true;
    std::tie(cells.first, cells.last) = header.find_series(*series, taken);
    std::vector<std::string> unused;
    for (std::size_t i = 0; i < header.size(); ++i) {
      const bool inside = i >= cells.first && i <= cells.last;
      if (inside && taken[i]) throw Error("{}: column \"{}\" lies within the series", header.file(), header.name(i));
      if (!inside && !taken[i]) unused.push_back(header.name(i));
    }
    context.log().info("{}: the series are {}..{}{}{}", header.file(), header.name(cells.first),
                       header.name(cells.last), unused.empty() ? "" : "; not used: ", fmt::join(unused, ", "));
    return cells;
  }

  const char* row_name() const { return *layout == "rows" ? "line" : "column"; }

  void read_file(const CsvFile& file, Records& records, tables::RowCollector& collector, Context& context) {
    collector.begin_file(file.name, row_name());
    if (!records.next()) throw Error("{} is empty", file.name);
    const Header header(file.name, records.cells(), csv.header());
    auto labels = csv.labels(file, header), captures = csv.captures(file, header);
    const auto cells = find_cells(header, labels, captures, context);
    std::vector<double> values, times, numbers;
    for (bool more = csv.header() ? records.next() : true; more; more = records.next()) {
      if (records.cells().size() != header.size()) {
        const auto fault = ragged_row(header, records);
        collector.leave_out(fault.reason, records.number(), fault.fact);
        continue;
      }
      std::optional<Fault> fault;
      values.clear();
      numbers.clear();
      for (auto column = cells.first; column <= cells.last; ++column)
        values.push_back(number_in(header, records, column, row_name(), fault));
      for (const auto column : cells.columns) numbers.push_back(number_in(header, records, column, row_name(), fault));
      if (fault) {
        collector.leave_out(fault->reason, records.number(), fault->fact);
        continue;
      }
      while (!values.empty() && std::isnan(values.back())) values.pop_back();  // a series may end before the others
      times.assign(values.size(), *bin_seconds);
      if (!times.empty()) times[0] = 0;
      tables::TraceRow row;
      row.lists.emplace_back(values);
      if (*bin_seconds > 0) row.lists.emplace_back(times);
      row.label = labels.of(records.cells());
      row.capture = captures.of(records.cells());
      row.columns = numbers;
      row.number = records.number();
      collector.add(row);
    }
  }

  void run(Context& context) override {
    tables::RowCollector collector(options());
    csv.visit(path->path, context, collector, [&](const CsvFile& file, CsvRecords& records) {
      if (*layout == "rows") return read_file(file, records, collector, context);
      Transposed transposed(records, file.name);
      read_file(file, transposed, collector, context);
    });
    traces = tables::finished(std::move(collector), path->path, context);
  }
};

}  // namespace

StageEntry read_series() {
  return stage<ReadSeries>("read.csv", "Reads series of time bins from CSV files, a trace a row or a column.");
}

}  // namespace morgana::csv
