// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "morgana/metrics.hpp"

namespace morgana::report {

/// A cell: text, or a number with its interval.
struct Cell {
  std::string text;  ///< shown where there is no number
  std::optional<double> value, low, high;
  bool best = false;  ///< not distinguishable from the column's best
  double shade = -1;  ///< 0 (worst of the column) to 1 (as good as real); below 0: not coloured
  std::string note;   ///< shown when the mouse rests on it
};

struct Column {
  std::string name, unit;
  Better better = Better::kNeither;
  bool is_text = false;
};

enum class RowKind { kPlain, kControl, kFloor };

struct Row {
  std::vector<Cell> cells;
  RowKind kind = RowKind::kPlain;
};

/// A table of the report, which is also written as CSV and LaTeX.
struct Table {
  std::string id;  ///< names the files: "verdict" -> tables/verdict.csv, tables/verdict.tex
  std::string caption;
  std::vector<Column> columns;
  std::vector<Row> rows;
};

std::string to_html(const Table& table);
/// The paragraph that leads to a table's files: "this table: CSV, LaTeX".
std::string links_to(const Table& table, const std::string& called);
std::string to_csv(const Table& table);    ///< RFC 4180; intervals in columns of their own
std::string to_latex(const Table& table);  ///< booktabs

/// Writes `<id>.csv` and `<id>.tex` into a folder.
void write_files(const Table& table, const std::filesystem::path& folder);

}  // namespace morgana::report
