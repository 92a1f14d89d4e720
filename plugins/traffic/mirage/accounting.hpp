// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "morgana/metrics.hpp"

namespace morgana::mirage_format {

/// Where a value that is written comes from.
enum class Origin : std::uint8_t {
  kGenerated,  ///< the traces hold it: a generator made it, or, of real traces, a reader read it
  kDerived,    ///< computed from what the traces hold
  kFilledIn,   ///< neither: a stated constant, an invented address, or left open
};
std::string_view name_of(Origin origin);  ///< "generated", "derived", "filled in"

/// The number of a line that a file of some other release has.
inline constexpr std::size_t kNoLine = std::numeric_limits<std::size_t>::max();

/// For each field of what is written: how many of its values came from where.
class Accounting {
 public:
  /// One field, origin and rule.
  struct Line {
    std::string field;
    Origin origin;
    std::string how;
    std::int64_t values = 0;
  };

  /// Adds a line and returns its number; lines without values are not shown.
  std::size_t line(std::string field, Origin origin, std::string how);
  void count(std::size_t line, std::size_t values) noexcept {
    if (line != kNoLine) lines_[line].values += static_cast<std::int64_t>(values);
  }
  /// A value of the traces that could not stand as it was: "iat: negative, written as 0".
  void mend(const std::string& what) { ++mended_[what]; }

  std::vector<Line> lines() const;
  const std::map<std::string, std::int64_t>& mended() const noexcept { return mended_; }

  /// One metric a line, "values" with the tags "field" and "origin", and one a mending, "mended" with the tag "what".
  Metrics metrics(std::string_view stage) const;
  /// JSON lines: one object a line of the account.
  std::string json_lines() const;

 private:
  std::vector<Line> lines_;
  std::map<std::string, std::int64_t> mended_;
};

}  // namespace morgana::mirage_format
