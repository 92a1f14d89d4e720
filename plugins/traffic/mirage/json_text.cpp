// SPDX-License-Identifier: Apache-2.0
#include "json_text.hpp"

#include <charconv>
#include <cmath>

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

/// Digits without point and exponent, "12345" with 2 for 123.45.
void append_digits(std::string& out, std::string_view digits, int exponent) {
  const auto count = static_cast<int>(digits.size());
  if (exponent < -4 || exponent >= 16) {  // the bounds of Python's repr
    out.push_back(digits[0]);
    if (count > 1) out.append(".").append(digits.substr(1));
    out.append(exponent < 0 ? "e-" : "e+");
    if (std::abs(exponent) < 10) out.push_back('0');
    append_integer(out, static_cast<std::uint64_t>(std::abs(exponent)));
  } else if (exponent < 0) {
    out.append("0.").append(static_cast<std::size_t>(-exponent - 1), '0').append(digits);
  } else if (count <= exponent + 1) {
    out.append(digits).append(static_cast<std::size_t>(exponent + 1 - count), '0').append(".0");
  } else {
    const auto whole = static_cast<std::size_t>(exponent + 1);
    out.append(digits.substr(0, whole)).append(".").append(digits.substr(whole));
  }
}

}  // namespace

void append_integer(std::string& out, std::uint64_t value) {
  char text[20];
  out.append(text, std::to_chars(text, text + sizeof(text), value).ptr);
}

void append_double(std::string& out, double value) {
  if (std::isnan(value)) return static_cast<void>(out += "NaN");
  if (std::signbit(value)) out.push_back('-');
  value = std::abs(value);
  if (std::isinf(value)) return static_cast<void>(out += "Infinity");
  constexpr double kExactIntegers = 1e15;
  if (value < kExactIntegers && value == std::floor(value)) {  // packet lengths, mostly
    append_integer(out, static_cast<std::uint64_t>(value));
    out += ".0";
    return;
  }
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific).ptr;
  const std::string_view all(text, static_cast<std::size_t>(end - text));
  const auto mark = all.find('e');
  int exponent = 0;
  std::from_chars(all.data() + mark + 2, end, exponent);
  if (all[mark + 1] == '-') exponent = -exponent;
  char digits[20];
  std::size_t count = 0;
  for (const char letter : all.substr(0, mark))
    if (letter != '.') digits[count++] = letter;
  append_digits(out, {digits, count}, exponent);
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
