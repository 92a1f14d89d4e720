// SPDX-License-Identifier: Apache-2.0
#include "json_text.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace morgana::mirage_format {
namespace {

/// One code point of UTF-8 and how many bytes it takes; U+FFFD and one byte where it is none.
struct CodePoint {
  std::uint32_t value;
  std::size_t bytes;
};
CodePoint code_point(std::string_view text) {
  constexpr CodePoint kNone{0xfffd, 1};
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const auto first = byte(0);
  const std::size_t bytes = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (bytes == 1) return {first, 1};
  if (bytes == 0 || first > 0xf4 || bytes > text.size()) return kNone;
  std::uint32_t value = first & (0xffu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return kNone;
    value = value << 6 | (byte(i) & 0x3f);
  }
  const std::uint32_t smallest = bytes == 2 ? 0x80 : bytes == 3 ? 0x800 : 0x10000;
  if (value < smallest || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return kNone;
  return {value, bytes};
}

void append_escape(std::string& out, std::uint32_t unit) {
  constexpr char kDigits[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out.push_back(kDigits[unit >> shift & 15]);
}

void append_escaped(std::string& out, std::uint32_t point) {
  switch (point) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    default:
      break;
  }
  if (point < 0x10000) return append_escape(out, point);
  append_escape(out, 0xd800 + ((point - 0x10000) >> 10));
  append_escape(out, 0xdc00 + ((point - 0x10000) & 0x3ff));
}

char* put(char* at, std::string_view text) noexcept {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}
char* put_zeros(char* at, int count) noexcept {
  std::memset(at, '0', static_cast<std::size_t>(count));
  return at + count;
}

/// Digits with the point behind the first of them, times ten to the exponent: "12345" and 2 for 123.45.
char* put_digits(char* at, std::string_view digits, int exponent) noexcept {
  const auto count = static_cast<int>(digits.size());
  if (exponent < -4 || exponent >= 16) {  // the bounds of Python's repr
    *at++ = digits[0];
    if (count > 1) at = put(put(at, "."), digits.substr(1));
    at = put(at, exponent < 0 ? "e-" : "e+");
    if (std::abs(exponent) < 10) *at++ = '0';
    return put_integer(at, static_cast<std::uint64_t>(std::abs(exponent)));
  }
  if (exponent < 0) return put(put_zeros(put(at, "0."), -exponent - 1), digits);
  const auto whole = exponent + 1;
  if (count <= whole) return put(put_zeros(put(at, digits), whole - count), ".0");
  at = put(at, digits.substr(0, static_cast<std::size_t>(whole)));
  return put(put(at, "."), digits.substr(static_cast<std::size_t>(whole)));
}

}  // namespace

char* put_integer(char* at, std::uint64_t value) noexcept { return std::to_chars(at, at + kLongestInteger, value).ptr; }

char* put_double(char* at, double value) noexcept {
  if (std::isnan(value)) return put(at, "NaN");
  if (std::signbit(value)) *at++ = '-';
  value = std::abs(value);
  if (std::isinf(value)) return put(at, "Infinity");
  constexpr double kExactIntegers = 1e15;
  if (value < kExactIntegers && value == std::floor(value))  // packet lengths, mostly
    return put(put_integer(at, static_cast<std::uint64_t>(value)), ".0");
  char text[32];  // "1.2345e-05"
  const char* end = std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific).ptr;
  const char* mark = end - 3;
  while (*mark != 'e') --mark;
  int exponent = 0;
  for (const char* digit = mark + 2; digit != end; ++digit) exponent = 10 * exponent + (*digit - '0');
  const char* digits = text;
  if (text[1] == '.') {
    text[1] = text[0];
    ++digits;
  }
  return put_digits(at, {digits, static_cast<std::size_t>(mark - digits)}, mark[1] == '-' ? -exponent : exponent);
}

void append_integer(std::string& out, std::uint64_t value) {
  char text[kLongestInteger];
  out.append(text, put_integer(text, value));
}

void append_double(std::string& out, double value) {
  char text[kLongestDouble];
  out.append(text, put_double(text, value));
}

void append_string(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const auto [point, bytes] = code_point(text);
    if (point >= ' ' && point <= '~' && point != '"' && point != '\\') out.push_back(static_cast<char>(point));
    else append_escaped(out, point);
    text.remove_prefix(bytes);
  }
  out.push_back('"');
}

}  // namespace morgana::mirage_format
