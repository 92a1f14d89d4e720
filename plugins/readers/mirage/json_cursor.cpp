// SPDX-License-Identifier: Apache-2.0
#include "json_cursor.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>

#include "decimal.hpp"
#include "unescape.hpp"

namespace morgana::mirage {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool is_digit(char byte) { return static_cast<unsigned char>(byte - '0') < 10; }

/// The first quote, backslash or control character from `at` on; at or beyond `end` where there is none.
const char* string_end(const char* at, const char* end) {
#if defined(__SSE2__)
  for (; at < end; at += 16) {
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const auto control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    const auto quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), escape = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const auto found = _mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, escape)));
    if (found != 0) return at + std::countr_zero(static_cast<unsigned>(found));
  }
#else
  while (at < end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
#endif
  return at;
}

/// Where commas and closing brackets stand among the `kSpan` bytes at `at`, a bit each.
constexpr int kSpan = 64;
std::uint64_t separators(const char* at) {
  std::uint64_t found = 0;
#if defined(__SSE2__)
  const auto comma = _mm_set1_epi8(','), bracket = _mm_set1_epi8(']');
  for (int i = 0; i < kSpan; i += 16) {
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + i));
    const auto equal = _mm_or_si128(_mm_cmpeq_epi8(bytes, comma), _mm_cmpeq_epi8(bytes, bracket));
    found |= static_cast<std::uint64_t>(_mm_movemask_epi8(equal)) << i;
  }
#else
  for (int i = 0; i < kSpan; ++i) found |= std::uint64_t{at[i] == ',' || at[i] == ']'} << i;
#endif
  return found;
}

}  // namespace

JsonCursor::JsonCursor(std::string_view value)
    : at_(value.data()), end_(value.data() + value.size()), close_nesting_(fastest_close_nesting()) {}

void JsonCursor::fail_to_find(char byte) { throw Damage{"", std::string("expected \"") + byte + '"'}; }

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
  for (at_ = string_end(at_, end_);; at_ = string_end(at_, end_)) {
    if (at_ >= end_) fail("a string without end");
    if (*at_ == '"') break;
    if (*at_ != '\\') fail("a control character in a string");
    escapes = true;
    at_ += 2;
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
  const char* const digits = at_ + negative;
  std::uint64_t value = 0;
  const char* at = take_digits(digits, value);
  auto count = at - digits;
  int exponent = 0;
  if (count == 0 || (*digits == '0' && count > 1)) return number_by_library(negative);
  if (*at == '.') {
    const char* const fraction = at + 1;
    at = take_digits(fraction, value);
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

// Where the numbers end is found for many at once, so that one need not be read before the next is begun.
std::size_t JsonCursor::numbers(std::vector<double>& into, std::size_t limit) {
  static_assert(kSpan <= kPadding);
  expect('[');
  if (take(']')) return 0;
  const char* span = at_;
  auto ahead = separators(span);
  for (std::size_t count = 0;; ++count) {
    if (count == limit) return close_list(count);
    while (ahead == 0 && span + kSpan < end_) ahead = separators(span += kSpan);
    const char* const end = ahead == 0 ? end_ : std::min(span + std::countr_zero(ahead), end_);
    ahead &= ahead - 1;
    const auto integer = short_integer(at_ + (*at_ == ' '), end);
    if (integer && end < end_) {
      into.push_back(*integer);
    } else {
      into.push_back(number_or_null());
      if (space() != end || end == end_) expect(',');
    }
    at_ = end + 1;
    if (*end == ']') return count + 1;
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

}  // namespace morgana::mirage
