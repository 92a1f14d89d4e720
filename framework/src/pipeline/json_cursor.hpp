// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "pipeline/fault.hpp"

namespace morgana::host {

/// Walks over the characters of a JSON text and knows line and column: the tokens of `parse_json`.
class JsonCursor {
 public:
  /// Thrown where the text is not JSON.
  struct Stop {
    Position position;
    std::string text;
  };

  explicit JsonCursor(std::string_view text);

  bool at_end() const noexcept { return offset_ == text_.size(); }
  char peek() const noexcept { return at_end() ? '\0' : text_[offset_]; }
  Position position() const noexcept { return position_; }
  /// One byte further; a column is a character, so the bytes behind a character's first do not count.
  void take() noexcept;
  /// Takes `word` where it stands here and no letter follows.
  bool take_word(std::string_view word);
  /// Spaces, line ends and `//` comments.
  void skip_space();
  /// A string, from its first quotation mark, as UTF-8.
  std::string string();
  /// The text of a number, checked to be one of JSON.
  std::string_view number();
  /// What stands here, for messages: `"x"`, `the end of the file`.
  std::string seen() const;

  [[noreturn]] void fail(std::string text) const { fail_at(position_, std::move(text)); }
  [[noreturn]] void fail_at(Position position, std::string text) const;

 private:
  void escape(std::string& result);
  char32_t hexadecimal();
  std::size_t digits();

  std::string_view text_;
  std::size_t offset_ = 0;
  Position position_{1, 1};
};

}  // namespace morgana::host
