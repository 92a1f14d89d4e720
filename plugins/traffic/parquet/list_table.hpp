// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace morgana::tables {

/// A column of lists of numbers: row i holds values [offsets[i], offsets[i + 1]); an absent list is empty, an absent
/// number is NaN.
struct ListColumn {
  std::vector<std::uint64_t> offsets{0};
  std::vector<double> values;
  std::uint64_t length(std::size_t row) const { return offsets[row + 1] - offsets[row]; }
};

/// What is read of a file: the list columns asked for, and one column of text.
struct ListTable {
  std::vector<std::string> names;  ///< of the lists
  std::vector<ListColumn> lists;
  std::vector<std::string> text;  ///< "" where absent
};

/// Reads list columns and a text column by name. Throws `Error` that names the file and the columns there are where
/// one is missing or of another type. The list `optional` is left out where the file has none.
ListTable read_lists(const std::filesystem::path& file, const std::vector<std::string>& lists, const std::string& text,
                     const std::string& optional);

}  // namespace morgana::tables
