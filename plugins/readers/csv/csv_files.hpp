// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "csv/csv_records.hpp"
#include "header.hpp"
#include "morgana/stage.hpp"
#include "tables/row_collector.hpp"

namespace morgana::csv {

/// One of the files found. `path` is where it lies, for names taken from it; `name` is for messages.
struct CsvFile {
  std::string name;
  std::filesystem::path path;
};

/// The parameters by which a stage finds CSV files, takes them apart and names their traces.
class CsvParameters {
 public:
  explicit CsvParameters(Stage& stage);

  /// Whether the first record names the columns.
  bool header() const { return *header_; }
  /// Says which names rows have.
  void name_rows(tables::RowOptions& options) const;
  /// What gives the traces of a file their class, and their capture.
  NameCells labels(const CsvFile& file, const Header& header) const;
  NameCells captures(const CsvFile& file, const Header& header) const;

  /// Visits the .csv and .tsv files, progress shown; what was left out on the way goes into `collector`.
  using Visit = std::function<void(const CsvFile& file, CsvRecords& records)>;
  void visit(const std::filesystem::path& path, Context& context, tables::RowCollector& collector,
             const Visit& visit) const;

 private:
  Param<std::string> label_;
  Param<std::vector<std::string>> capture_;
  Param<Choice> separator_;
  Param<bool> header_;
};

}  // namespace morgana::csv
