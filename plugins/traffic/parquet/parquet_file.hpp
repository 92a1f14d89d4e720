// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace morgana::tables {

/// How a column is read.
enum class ColumnKind {
  kLists,    ///< lists of numbers; times in seconds where the column's type says their unit
  kTimes,    ///< the same, counted from each list's first, so that large times lose no digits
  kNumbers,  ///< a number a row
  kText      ///< a name a row; integers and truth values as text
};

struct WantedColumn {
  std::string name;
  ColumnKind kind;
};

/// Some rows of a column. What is absent is an empty list, NaN, or "".
struct ColumnBatch {
  std::vector<std::uint64_t> offsets;  ///< of lists: row i holds numbers [offsets[i], offsets[i + 1])
  std::vector<double> numbers;
  std::vector<std::string> text;

  std::span<const double> list(std::size_t row) const {
    return std::span(numbers).subspan(offsets[row], offsets[row + 1] - offsets[row]);
  }
};

/// A parquet file, read some rows at a time: what it takes in memory does not grow with the file.
///
/// Throws `Error` with the file's name where it is damaged.
class ParquetFile {
 public:
  explicit ParquetFile(const std::filesystem::path& file);
  ~ParquetFile();

  std::uint64_t rows() const;
  const std::vector<std::string>& column_names() const;
  bool has(const std::string& column) const;
  /// What the file says of a column's unit, as `write.traces` writes it; "" where it says nothing.
  std::string unit(const std::string& column) const;

  /// Reads columns side by side. Throws `Error` where one is missing, naming those there are, or of another type.
  using VisitRows = std::function<void(std::size_t rows, const std::vector<ColumnBatch>& columns)>;
  void read(const std::vector<WantedColumn>& columns, const VisitRows& visit);

 private:
  struct Opened;
  std::unique_ptr<Opened> opened_;
};

}  // namespace morgana::tables
