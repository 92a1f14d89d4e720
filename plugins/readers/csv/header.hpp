// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace morgana::csv {

/// The columns of a CSV file by name; without a header they are named "1", "2", and so on.
class Header {
 public:
  /// `cells` are those of the first record. Throws `Error` where a name is not UTF-8.
  Header(std::string file, const std::vector<std::string_view>& cells, bool named);

  std::size_t size() const noexcept { return names_.size(); }
  const std::string& name(std::size_t column) const { return names_[column]; }
  const std::string& file() const noexcept { return file_; }
  /// Throws `Error` that names the columns there are, nearest first, with what to do about it.
  std::size_t find(const std::string& name, const std::string& remedy = "") const;
  /// First and last column of a series: those named "first..last", or, for "", the longest run of free columns whose
  /// names are alike but for a number that grows. Throws `Error` where there is none.
  std::pair<std::size_t, std::size_t> find_series(const std::string& named, const std::vector<bool>& taken) const;

 private:
  std::size_t end_of_run(std::size_t first, const std::vector<bool>& taken) const;
  std::vector<std::string> summary() const;

  std::string file_;
  std::vector<std::string> names_;
};

/// What gives rows one of their names: columns, the file's path, several of them joined by '/'.
class NameCells {
 public:
  NameCells(std::vector<std::string> columns, const std::filesystem::path& path, const Header& header,
            const std::string& remedy = "");

  bool empty() const noexcept { return parts_.empty(); }
  /// Columns that are used, by their place.
  void mark(std::vector<bool>& taken) const;
  /// Whether the cells, perhaps fewer than the header's, hold all parts.
  bool within(const std::vector<std::string_view>& cells) const;
  /// The row's name, "" where a part is empty; valid until the next call. Throws `Error` where it is not UTF-8.
  const std::string& of(const std::vector<std::string_view>& cells);

 private:
  struct Part {
    std::string fixed;
    std::optional<std::size_t> column;
  };
  std::vector<Part> parts_;
  std::string file_, joined_;
};

}  // namespace morgana::csv
