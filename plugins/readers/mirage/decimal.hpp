// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

// Decimal numbers in text to the doubles nearest to them, eight digits at a time. Up to eight bytes beyond a number are
// read.
namespace morgana::mirage {

/// Eight bytes, each 0 to 9 where it was a digit, the first one lowest.
inline std::uint64_t load_digits(const char* at) {
  std::uint64_t bytes;
  std::memcpy(&bytes, at, sizeof bytes);
  if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap64(bytes);
  return bytes ^ 0x3030303030303030;
}

/// The highest bit of each byte above 9; of what follows the first such byte nothing is said.
inline std::uint64_t no_digits(std::uint64_t bytes) {
  return (bytes | (bytes + 0x7676767676767676)) & 0x8080808080808080;
}

/// The number that the first `count` of eight digits make, 1 to 8 of them.
inline std::uint64_t value_of(std::uint64_t bytes, int count) {
  bytes <<= 8 * (8 - count);  // they stand last, after zeros
  bytes = bytes * 10 + (bytes >> 8);
  constexpr std::uint64_t kPairs = 0x000000ff'000000ff;
  bytes = (bytes & kPairs) * (100 + (std::uint64_t{1'000'000} << 32)) +
          (bytes >> 16 & kPairs) * (1 + (std::uint64_t{10'000} << 32));
  return bytes >> 32;
}

/// Takes decimal digits, appended to `value`: numbers of any length take the same branches. Reads up to eight bytes
/// from the first that is no digit.
inline const char* take_digits(const char* at, std::uint64_t& value) {
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
inline std::optional<double> short_integer(const char* from, const char* to) {
  const auto count = to - from;
  if (count < 1 || count > 8 || (count > 1 && *from == '0')) return std::nullopt;
  const auto bytes = load_digits(from);
  if ((no_digits(bytes) << 8 * (8 - count)) != 0) return std::nullopt;
  return static_cast<double>(value_of(bytes, static_cast<int>(count)));
}

/// A power of ten as mantissa * 2^exponent, cut off after the mantissa's 64 bits, of which the first is set.
struct Power {
  std::uint64_t mantissa = 0;
  int exponent = 0;
};
inline constexpr int kMostPower = 27;  // 5^27 is the last one that 64 bits hold

/// 10^-27 to 10^27, by division bit by bit; those from 10^0 on are exact.
inline constexpr std::array<Power, 2 * kMostPower + 1> kPowersOfTen = [] {
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
inline bool exact_double(std::uint64_t value, std::ptrdiff_t digits, int exponent, double& result) {
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

}  // namespace morgana::mirage
