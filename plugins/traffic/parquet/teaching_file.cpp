// SPDX-License-Identifier: Apache-2.0
#include "parquet/teaching_file.hpp"

#include <algorithm>

#include "morgana/error.hpp"
#include "parquet/parquet_file.hpp"
#include "tables/finished.hpp"
#include "tables/row_collector.hpp"

namespace morgana::tables {
namespace {

RowOptions row_options(const std::vector<std::string>& channels, const TeachingOptions& options) {
  RowOptions rows;
  for (const auto& channel : channels) {
    rows.sources.push_back({channel, channel});
    if (channel == "IAT") rows.sources.back().scale = options.seconds_per_unit;
  }
  rows.kept = options.kept;
  const bool has_payload = std::find(channels.begin(), channels.end(), "PL") != channels.end();
  if (options.drop_padding && has_payload) rows.padding = Padding::kDrop;
  rows.row = "biflow";
  rows.rows = "biflows";
  return rows;
}

}  // namespace

Traces teaching_traces(const std::filesystem::path& file, const TeachingOptions& options, Context& context) {
  if (options.channels.empty()) throw Error("no channel is asked for");
  ParquetFile parquet(file);
  auto channels = options.channels;
  if (!parquet.has("IAT") && channels.size() > 1 && std::erase(channels, "IAT") > 0)
    context.log().warning("{} has no column \"IAT\": its traces have no times", file.filename().string());

  std::vector<WantedColumn> wanted;
  for (const auto& channel : channels) wanted.push_back({channel, ColumnKind::kLists});
  wanted.push_back({options.label, ColumnKind::kText});
  RowCollector collector(row_options(channels, options));
  collector.begin_file(file.filename().string(), "row");
  TraceRow row;
  parquet.read(wanted, [&](std::size_t rows, const std::vector<ColumnBatch>& columns) {
    context.check_stop();
    for (std::size_t i = 0; i < rows; ++i) {
      row.lists.clear();
      for (std::size_t channel = 0; channel < channels.size(); ++channel) row.lists.push_back(columns[channel].list(i));
      row.label = columns.back().text[i];
      row.number = static_cast<std::uint64_t>(collector.rows());
      collector.add(row);
    }
    context.progress({static_cast<std::uint64_t>(collector.rows()), parquet.rows(), "biflows"});
  });
  return finished(std::move(collector), file, context);
}

}  // namespace morgana::tables
