// SPDX-License-Identifier: Apache-2.0
#include "json_cursor.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>

namespace morgana::mirage {
namespace {

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

[[noreturn]] void fail(const char* reason) { throw Damage{"", reason}; }

bool is_digit(char byte) { return static_cast<unsigned char>(byte - '0') < 10; }

/// Eight bytes, each 0 to 9 where it was a digit, the first one lowest.
std::uint64_t load_digits(const char* at) {
  std::uint64_t bytes;
  std::memcpy(&bytes, at, sizeof bytes);
  if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap64(bytes);
  return bytes ^ 0x3030303030303030;
}

/// The highest bit of each byte above 9; of what follows the first such byte nothing is said.
std::uint64_t no_digits(std::uint64_t bytes) { return (bytes | (bytes + 0x7676767676767676)) & 0x8080808080808080; }

/// The number that the first `count` of eight digits make, 1 to 8 of them.
std::uint64_t value_of(std::uint64_t bytes, int count) {
  bytes <<= 8 * (8 - count);  // they stand last, after zeros
  bytes = bytes * 10 + (bytes >> 8);
  constexpr std::uint64_t kPairs = 0x000000ff'000000ff;
  bytes = (bytes & kPairs) * (100 + (std::uint64_t{1'000'000} << 32)) +
          (bytes >> 16 & kPairs) * (1 + (std::uint64_t{10'000} << 32));
  return bytes >> 32;
}

/// Takes decimal digits, appended to `value`: numbers of any length take the same branches. Reads up to eight bytes
/// from the first that is no digit.
const char* take_digits(const char* at, std::uint64_t& value) {
  static constexpr std::uint64_t kPowers[] = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};
  for (;;) {
    const auto bytes = load_digits(at);
    const int count = std::countr_zero(no_digits(bytes)) / 8;  // 64 / 8 where there are digits only
    if (count == 0) return at;
    value = value * kPowers[count] + value_of(bytes, count);
    at += count;
    if (count < 8) return at;
  }
}

/// A natural number of at most eight digits from `from` to `to`; none where anything else stands there.
std::optional<double> short_integer(const char* from, const char* to) {
  const auto count = to - from;
  if (count < 1 || count > 8 || (count > 1 && *from == '0')) return std::nullopt;
  const auto bytes = load_digits(from);
  if ((no_digits(bytes) << 8 * (8 - count)) != 0) return std::nullopt;
  return static_cast<double>(value_of(bytes, static_cast<int>(count)));
}

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

/// A power of ten as mantissa * 2^exponent, cut off after the mantissa's 64 bits, of which the first is set.
struct Power {
  std::uint64_t mantissa = 0;
  int exponent = 0;
};
constexpr int kMostPower = 27;  // 5^27 is the last one that 64 bits hold

/// 10^-27 to 10^27, by division bit by bit; those from 10^0 on are exact.
constexpr std::array<Power, 2 * kMostPower + 1> kPowersOfTen = [] {
  std::array<Power, 2 * kMostPower + 1> powers;
  unsigned __int128 power = 1;
  for (int i = 0; i <= kMostPower; ++i, power *= 10) {
    auto& ten = *(powers.begin() + kMostPower + i);
    auto odd = power;
    while (odd % 2 == 0) odd /= 2, ++ten.exponent;
    ten.mantissa = static_cast<std::uint64_t>(odd);
    for (; ten.mantissa >> 63 == 0; ten.mantissa *= 2) --ten.exponent;

    if (i == 0) continue;
    auto& tenth = *(powers.begin() + kMostPower - i);
    unsigned __int128 rest = 1;
    for (; tenth.mantissa >> 63 == 0; rest *= 2, --tenth.exponent) {
      tenth.mantissa = 2 * tenth.mantissa + (rest >= power);
      if (rest >= power) rest -= power;
    }
    ++tenth.exponent;  // the first bit stood for 2^0
  }
  return powers;
}();

/// value * 10^exponent rounded correctly, where that is cheap; false where the library must see to it. `digits`: of
/// `value`, which has overflowed above 19.
bool exact_double(std::uint64_t value, std::ptrdiff_t digits, int exponent, double& result) {
  if (digits <= 15 && exponent == 0) {  // most numbers of these files are small integers
    result = static_cast<double>(value);
    return true;
  }
  if (digits > 19 || exponent < -kMostPower || exponent > kMostPower) return false;
  if (value == 0) {
    result = 0;
    return true;
  }
  const auto& power = *(kPowersOfTen.begin() + kMostPower + exponent);
  const int zeros = std::countl_zero(value);
  const auto product = static_cast<unsigned __int128>(value << zeros) * power.mantissa;
  const int half = product >> 127 == 0;  // the product of two numbers from 1 to 2 may be below 2
  const auto mantissa = static_cast<std::uint64_t>(product >> (64 - half));
  // The power and the product were cut off: the true mantissa is above by less than 3. That matters only next to the
  // middle between two doubles.
  const auto cut_off = mantissa & 0x7ff;
  if (cut_off >= 0x3fd && cut_off <= 0x400) return false;
  const int binary = 64 - half - zeros + power.exponent;  // the value is mantissa * 2^binary
  const auto rounded = (mantissa >> 11) + (cut_off > 0x400);
  // A double's first bit is not written: it adds one to the exponent, as does a carry beyond it.
  result = std::bit_cast<double>((static_cast<std::uint64_t>(binary + 11 + 52 + 1022) << 52) + rounded);
  return true;
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
