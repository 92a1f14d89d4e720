// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "csv/csv_records.hpp"

namespace morgana::csv {

/// A whole table, read column by column.
class Transposed final : public Records {
 public:
  /// Throws `Error` where records are of unequal length, or more than a gigabyte of them.
  Transposed(Records& records, const std::string& file);

  bool next() override;
  const std::vector<std::string_view>& cells() const override { return cells_; }
  std::uint64_t number() const override { return column_; }

 private:
  std::string text_;
  std::vector<std::size_t> ends_;  ///< of each cell in `text_`, record by record
  std::size_t columns_ = 0, column_ = 0;
  std::vector<std::string_view> cells_;
};

}  // namespace morgana::csv
