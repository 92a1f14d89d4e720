// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "damage.hpp"
#include "morgana/utf8.hpp"
#include "nesting.hpp"

namespace morgana::mirage {

/// What `null`, `NaN` and an absent number are read as.
inline constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

/// Walks over one JSON value, reading what is asked for and stepping over the rest.
///
/// Accepts what Python's `json` writes: JSON, and the bare words `NaN`, `Infinity` and `-Infinity`. Throws `Damage`
/// with the reason only, also where the text ends inside the value; the caller knows the field. `kPadding` bytes after
/// the text must be readable.
class JsonCursor {
 public:
  explicit JsonCursor(std::string_view value);

  /// Takes `byte`, after white space, where it comes next.
  bool take(char byte) {
    if (space() == end_ || *at_ != byte) return false;
    ++at_;
    return true;
  }
  /// As `take`, and throws where something else comes.
  void expect(char byte) {
    if (!take(byte)) fail_to_find(byte);
  }
  /// White space only is left.
  bool at_end();

  /// The byte that comes next.
  const char* position() const;

  /// A member's name, unescaped, with its colon; valid until the next call.
  std::string_view name();
  /// A string, unescaped; none for null.
  std::optional<std::string_view> text_or_null();
  /// A number; NaN for `NaN` and null.
  double number_or_null();
  /// A list of numbers: its first `limit` are appended, all are counted. NaN for `NaN` and null.
  std::size_t numbers(std::vector<double>& into, std::size_t limit);
  /// A list of any elements: `visit` gets each one's index and reads or skips it. Returns their number.
  template <typename Visit>
  std::size_t elements(Visit visit) {
    expect('[');
    if (take(']')) return 0;
    std::size_t count = 0;
    do visit(count++);
    while (take(','));
    expect(']');
    return count;
  }
  /// A list of integers from 0 to 255, or null: its first `limit` are appended.
  void bytes(std::vector<std::uint8_t>& into, std::size_t limit);
  /// True where a string comes next.
  bool at_text();
  /// Steps over any value without looking into it.
  void skip();

 private:
  std::string_view text();
  double number_by_library(bool negative);
  bool take_word(std::string_view word);
  std::size_t close_list(std::size_t count);
  const char* space() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
    return at_;
  }
  [[noreturn]] static void fail_to_find(char byte);

  const char* at_;
  const char* end_;
  CloseNesting close_nesting_;
  std::string unescaped_;
};

}  // namespace morgana::mirage
