// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "accounting/field_metrics.hpp"

namespace morgana::mirage_format {

using accounting::Source;

/// The number of a line that a file of some other release has.
inline constexpr std::size_t kNoLine = std::numeric_limits<std::size_t>::max();

/// For each field of what is written: how many of its values came from where.
class Accounting {
 public:
  /// One field, source and rule.
  struct Line {
    std::string field;
    Source source;
    std::string how;
    std::int64_t values = 0;
  };

  /// Adds a line and returns its number; lines without values are not shown.
  std::size_t line(std::string field, Source source, std::string how);
  void count(std::size_t line, std::size_t values) noexcept {
    if (line != kNoLine) lines_[line].values += static_cast<std::int64_t>(values);
  }
  /// A value of the traces that could not stand as it was: "iat: negative, written as 0".
  void change(const std::string& what) { ++changed_[what]; }

  std::vector<Line> lines() const;
  const std::map<std::string, std::int64_t>& changes() const noexcept { return changed_; }

  /// As every writer's: "values" a line, "changed" for each kind of change.
  Metrics metrics(std::string_view stage) const;
  /// JSON lines: one object a line of the account.
  std::string json_lines() const;

 private:
  std::vector<Line> lines_;
  std::map<std::string, std::int64_t> changed_;
};

}  // namespace morgana::mirage_format
