// SPDX-License-Identifier: Apache-2.0
#include "unescape.hpp"

#include <charconv>
#include <cstdint>

#include "damage.hpp"

namespace morgana::mirage {
namespace {

/// The four hexadecimal digits of \uXXXX.
std::uint32_t hexadecimal(const char*& at, const char* end) {
  std::uint32_t value = 0;
  if (end - at < 4 || std::from_chars(at, at + 4, value, 16).ptr != at + 4) fail("a \\u escape without four digits");
  at += 4;
  return value;
}

void append_utf8(std::string& text, std::uint32_t code) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | ((code >> shift) & 0x3f)); };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xc0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xe0 | code >> 12);
    tail(6), tail(0);
  } else {
    text += static_cast<char>(0xf0 | code >> 18);
    tail(12), tail(6), tail(0);
  }
}

}  // namespace

std::string unescape(std::string_view string) {
  std::string result;
  const char *from = string.data(), *const to = from + string.size();
  while (from < to) {
    if (*from != '\\') {
      result += *from++;
      continue;
    }
    static constexpr std::string_view kLetters = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    const char letter = from[1];
    from += 2;
    if (letter == 'u') {
      std::uint32_t code = hexadecimal(from, to);
      if (code >= 0xd800 && code < 0xdc00 && to - from >= 6 && from[0] == '\\' && from[1] == 'u') {
        const char* second = from + 2;
        const auto low = hexadecimal(second, to);
        if (low >= 0xdc00 && low < 0xe000) {
          code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
          from = second;
        }
      }
      if (code >= 0xd800 && code < 0xe000) fail("half a surrogate pair");
      append_utf8(result, code);
    } else if (const auto place = kLetters.find(letter); place != kLetters.npos) {
      result += kMeanings[place];
    } else {
      fail("an unknown escape in a string");
    }
  }
  return result;
}

}  // namespace morgana::mirage
