// SPDX-License-Identifier: Apache-2.0
#include "json_cursor.hpp"

#include <algorithm>
#include <cfloat>
#include <charconv>
#include <cstring>
#include <limits>

namespace morgana::mirage {
namespace {

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

[[noreturn]] void fail(const char* reason) { throw Damage{"", reason}; }

bool is_digit(char byte) { return static_cast<unsigned char>(byte - '0') < 10; }

/// value * 10^exponent rounded correctly, where that is cheap; false where the library must see to it. `digits`: of
/// `value`, which has overflowed above 19.
bool exact_double(std::uint64_t value, std::ptrdiff_t digits, int exponent, double& result) {
  if (digits <= 15 && exponent == 0) {  // most numbers of these files are small integers
    result = static_cast<double>(value);
    return true;
  }
#if LDBL_MANT_DIG == 64
  // Both operands are exact in the 64 bits of an x87 number, so its quotient or product is off by half a unit of its
  // last place at most. Rounding it once more, to 53 bits, goes wrong only next to the middle between two doubles.
  static constexpr long double kPowers[] = {1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,  1e8L,  1e9L,
                                            1e10L, 1e11L, 1e12L, 1e13L, 1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L,
                                            1e20L, 1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L};
  if (digits > 19 || exponent < -27 || exponent > 27) return false;
  const long double wide = exponent < 0 ? static_cast<long double>(value) / kPowers[-exponent]
                                        : static_cast<long double>(value) * kPowers[exponent];
  std::uint64_t mantissa;
  std::memcpy(&mantissa, &wide, sizeof mantissa);
  const auto cut_off = mantissa & 0x7ff;
  if (cut_off >= 0x3ff && cut_off <= 0x401) return false;
  result = static_cast<double>(wide);
  return true;
#else
  return false;
#endif
}

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

JsonCursor::JsonCursor(std::string_view value)
    : at_(value.data()), end_(value.data() + value.size()), close_nesting_(fastest_close_nesting()) {}

const char* JsonCursor::space() {
  while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  return at_;
}

bool JsonCursor::take(char byte) {
  if (space() == end_ || *at_ != byte) return false;
  ++at_;
  return true;
}

void JsonCursor::expect(char byte) {
  if (!take(byte)) throw Damage{"", std::string("expected \"") + byte + '"'};
}

const char* JsonCursor::position() const { return at_; }

bool JsonCursor::at_end() { return space() == end_; }

std::string_view JsonCursor::name() {
  const auto result = text();
  expect(':');
  return result;
}

std::string_view JsonCursor::text() {
  expect('"');
  const char* const from = at_;
  bool escapes = false;
  for (;; ++at_) {
    if (at_ >= end_) fail("a string without end");
    if (*at_ == '"') break;
    if (static_cast<unsigned char>(*at_) < 0x20) fail("a control character in a string");
    if (*at_ == '\\') escapes = true, ++at_;
  }
  const char* const to = at_++;
  if (!escapes) return {from, to};
  return unescaped_ = unescape({from, to});
}

bool JsonCursor::take_word(std::string_view word) {
  if (static_cast<std::size_t>(end_ - at_) < word.size() || std::memcmp(at_, word.data(), word.size()) != 0)
    return false;
  at_ += word.size();
  // "NaNa" is no word of JSON.
  if (at_ < end_ && (is_digit(*at_) || static_cast<unsigned>((*at_ | 0x20) - 'a') < 26)) fail("an unknown word");
  return true;
}

std::optional<std::string_view> JsonCursor::text_or_null() {
  if (space() < end_ && *at_ == 'n' && take_word("null")) return std::nullopt;
  return text();
}

double JsonCursor::number_or_null() {
  space();
  const bool negative = at_ < end_ && *at_ == '-';
  const char* at = at_ + negative;
  const char* const digits = at;
  std::uint64_t value = 0;
  while (is_digit(*at)) value = 10 * value + static_cast<std::uint64_t>(*at++ - '0');
  auto count = at - digits;
  int exponent = 0;
  if (count == 0 || (*digits == '0' && count > 1)) return number_by_library(negative);
  if (*at == '.') {
    const char* const fraction = ++at;
    while (is_digit(*at)) value = 10 * value + static_cast<std::uint64_t>(*at++ - '0');
    if (at == fraction) return number_by_library(negative);
    exponent = -static_cast<int>(at - fraction);
    // Zeros before the first other digit take no room in `value`.
    const char* first = digits;
    while (first < at && (*first == '0' || *first == '.')) ++first;
    count = at - first;
  }
  if ((*at | 0x20) == 'e') {
    const bool below_one = at[1] == '-';
    at += 1 + (at[1] == '-' || at[1] == '+');
    const char* const power = at;
    int written = 0;
    while (is_digit(*at) && at - power < 4) written = 10 * written + (*at++ - '0');
    if (at == power || is_digit(*at)) return number_by_library(negative);
    exponent += below_one ? -written : written;
  }
  double result;
  if (at > end_ || !exact_double(value, count, exponent, result)) return number_by_library(negative);
  at_ = at;
  return negative ? -result : result;
}

double JsonCursor::number_by_library(bool negative) {
  const char* const digits = at_ + negative;
  if (digits >= end_ || !is_digit(*digits)) {
    if (!negative && (take_word("null") || take_word("NaN"))) return kNoNumber;
    at_ += negative;
    if (take_word("Infinity")) return negative ? -kInfinity : kInfinity;
    fail("expected a number");
  }
  if (*digits == '0' && is_digit(digits[1])) fail("a number with a leading zero");
  double value = 0;
  const auto [after, error] = std::from_chars(at_, end_, value);
  const std::string_view number(digits, after);
  const auto point = number.find('.');
  if (point != number.npos && (point + 1 == number.size() || !is_digit(number[point + 1])))
    fail("a decimal point without digits");
  if (after < end_ && (*after | 0x20) == 'e') fail("an exponent without digits");
  // As strtod and Python do; from_chars leaves the value alone.
  if (error == std::errc::result_out_of_range) {
    const auto exponent = number.find_first_of("eE");
    const bool tiny = exponent != number.npos && number[exponent + 1] == '-';
    value = tiny ? 0.0 : negative ? -kInfinity : kInfinity;
  }
  at_ = after;
  return value;
}

std::size_t JsonCursor::numbers(std::vector<double>& into, std::size_t limit) {
  expect('[');
  if (take(']')) return 0;
  std::size_t count = 0;
  for (;;) {
    if (count == limit) return close_list(count);
    into.push_back(number_or_null());
    ++count;
    if (*at_ == ',' && at_ < end_) {
      ++at_;
      continue;
    }
    if (take(']')) return count;
    expect(',');
  }
}

/// Goes past the list whose elements from `count` on are not kept, and returns its length. Only that matters of them,
/// and that they are no text and nothing nested: then the bracket found is the list's own.
std::size_t JsonCursor::close_list(std::size_t count) {
  const auto* close = static_cast<const char*>(std::memchr(at_, ']', static_cast<std::size_t>(end_ - at_)));
  if (close == nullptr) fail("a list without end");
  bool other = false;
  for (const char* at = at_; at != close; ++at) other |= (*at == '"') | ((*at | 0x20) == '{') | (*at == '}');
  if (other) fail("expected a number");
  count += 1 + static_cast<std::size_t>(std::count(at_, close, ','));
  at_ = close + 1;
  return count;
}

void JsonCursor::bytes(std::vector<std::uint8_t>& into, std::size_t limit) {
  if (space() < end_ && *at_ == 'n' && take_word("null")) return;
  expect('[');
  if (take(']')) return;
  for (std::size_t count = 0;; ++count) {
    if (count == limit) {
      close_list(count);
      return;
    }
    space();
    const char* const from = at_;
    unsigned value = 0;
    while (at_ < end_ && is_digit(*at_) && at_ - from < 4) value = 10 * value + static_cast<unsigned>(*at_++ - '0');
    if (at_ == from || value > 255 || (*from == '0' && at_ - from > 1)) fail("expected bytes from 0 to 255");
    into.push_back(static_cast<std::uint8_t>(value));
    if (take(',')) continue;
    if (!take(']')) fail("expected bytes from 0 to 255");
    return;
  }
}

bool JsonCursor::at_text() { return space() < end_ && *at_ == '"'; }

void JsonCursor::skip() {
  if (space() == end_) fail("a value is missing");
  if (*at_ == '{' || *at_ == '[') {
    Nesting nesting;
    const char* after = close_nesting_(nesting, at_, end_);
    if (after == nullptr) fail("a bracket without its partner");
    at_ = after;
  } else if (*at_ == '"') {
    text();
  } else if (*at_ == 't') {
    if (!take_word("true")) fail("an unknown word");
  } else if (*at_ == 'f') {
    if (!take_word("false")) fail("an unknown word");
  } else {
    number_or_null();
  }
}

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
