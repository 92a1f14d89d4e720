// SPDX-License-Identifier: Apache-2.0
#include "pipeline/json_cursor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "morgana/utf8.hpp"

namespace morgana::host {
namespace {

/// Bytes of the UTF-8 character at the beginning of `text` (RFC 3629); 0 where there is none.
std::size_t character_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second >= 0xA0;
  const bool too_large = first == 0xF4 && second >= 0x90;
  return overlong || surrogate || too_large ? 0 : size;
}

void append_utf8(std::string& text, char32_t code) {
  const auto byte = [&](char32_t value) { text += static_cast<char>(value); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) return byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F));
  if (code < 0x10000) return byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F));
  byte(0xF0 | code >> 18), byte(0x80 | (code >> 12 & 0x3F)), byte(0x80 | (code >> 6 & 0x3F)),
      byte(0x80 | (code & 0x3F));
}

}  // namespace

JsonCursor::JsonCursor(std::string_view text) : text_(text) {
  if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);  // a byte order mark is no character of the text
}

void JsonCursor::take() noexcept {
  const char c = text_[offset_++];
  if (c == '\n') position_ = {position_.line + 1, 1};
  else if (begins_character(c)) ++position_.column;
}

bool JsonCursor::take_word(std::string_view word) {
  const auto rest = text_.substr(offset_);
  if (!rest.starts_with(word)) return false;
  const char next = rest.size() > word.size() ? rest[word.size()] : '\0';
  if ((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || next == '_') return false;
  for (std::size_t i = 0; i < word.size(); ++i) take();
  return true;
}

void JsonCursor::skip_space() {
  while (!at_end()) {
    const char c = peek();
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      take();
    } else if (text_.substr(offset_).starts_with("//")) {
      while (!at_end() && peek() != '\n') take();
    } else if (text_.substr(offset_).starts_with("/*")) {
      fail("comments begin with // and end with the line");
    } else {
      return;
    }
  }
}

std::string JsonCursor::string() {
  const auto begin = position_;
  std::string result;
  take();
  while (true) {
    if (at_end() || peek() == '\n') fail_at(begin, "the string is not closed on its line");
    const char c = peek();
    if (c == '"') return take(), result;
    if (c == '\\') {
      escape(result);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fail(fmt::format("a control character in a string; write it as \\u{:04x}", c));
    } else {
      const auto size = character_size(text_.substr(offset_));
      if (size == 0) fail("the file is not UTF-8 here");
      result += text_.substr(offset_, size);
      for (std::size_t i = 0; i < size; ++i) take();
    }
  }
}

void JsonCursor::escape(std::string& result) {
  constexpr std::string_view kLetters = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
  const auto begin = position_;
  take();
  const char letter = peek();
  if (const auto index = kLetters.find(letter); letter != '\0' && index != std::string_view::npos) {
    result += kMeanings[index];
    return take();
  }
  if (letter != 'u') fail_at(begin, fmt::format("\\{} is no escape of JSON", letter == '\0' ? ' ' : letter));
  take();
  char32_t code = hexadecimal();
  if (code >= 0xD800 && code < 0xDC00 && text_.substr(offset_).starts_with("\\u")) {
    take(), take();
    const char32_t low = hexadecimal();
    if (low < 0xDC00 || low > 0xDFFF) fail_at(begin, "half of a surrogate pair");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  } else if (code >= 0xD800 && code <= 0xDFFF) {
    fail_at(begin, "half of a surrogate pair");
  }
  append_utf8(result, code);
}

char32_t JsonCursor::hexadecimal() {
  char32_t code = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = peek();
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) fail("\\u needs four hexadecimal digits");
    code = code * 16 + static_cast<char32_t>(digit);
    take();
  }
  return code;
}

std::size_t JsonCursor::digits() {
  std::size_t count = 0;
  for (; peek() >= '0' && peek() <= '9'; ++count) take();
  return count;
}

std::string_view JsonCursor::number() {
  const auto begin = position_;
  const auto start = offset_;
  if (peek() == '-') take();
  const bool zero = peek() == '0';
  const auto whole = digits();
  bool right = whole > 0 && !(zero && whole > 1);
  if (peek() == '.') take(), right = digits() > 0 && right;
  if (peek() == 'e' || peek() == 'E') {
    take();
    if (peek() == '+' || peek() == '-') take();
    right = digits() > 0 && right;
  }
  const auto text = text_.substr(start, offset_ - start);
  if (!right) fail_at(begin, fmt::format("{} is no number of JSON", text));
  return text;
}

std::string JsonCursor::seen() const {
  if (at_end()) return "the end of the file";
  const auto rest = text_.substr(offset_);
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  const auto word = static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), is_word) - rest.begin());
  return fmt::format("\"{}\"", rest.substr(0, word > 0 ? word : std::max<std::size_t>(1, character_size(rest))));
}

void JsonCursor::fail_at(Position position, std::string text) const { throw Stop{position, std::move(text)}; }

}  // namespace morgana::host
