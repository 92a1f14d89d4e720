// SPDX-License-Identifier: Apache-2.0
#include "run/wording.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "morgana/utf8.hpp"

namespace morgana::host {
namespace {

/// A number and the unit behind it, without spaces between.
std::optional<std::pair<double, std::string_view>> number_and_unit(std::string_view text) {
  double number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || !(number >= 0) || !std::isfinite(number)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return std::pair{number, text};
}

}  // namespace

std::string duration_text(double seconds) {
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 6> kUnits{"B", "kB", "MB", "GB", "TB", "PB"};
  auto number = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (number >= 999.5 && unit + 1 < kUnits.size()) {
    number /= 1000;
    ++unit;
  }
  return unit == 0 || number >= 99.95 ? fmt::format("{:.0f} {}", number, kUnits[unit])
                                      : fmt::format("{:.1f} {}", number, kUnits[unit]);
}

namespace {

/// Nothing for what no 64-bit integer holds.
std::optional<std::int64_t> whole(double number) {
  if (!(number >= 0 && number < 0x1p63)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

}  // namespace

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  const auto parsed = number_and_unit(text);
  if (!parsed) return std::nullopt;
  constexpr std::array<std::pair<std::string_view, double>, 17> kUnits{{{"", 1},
                                                                        {"B", 1},
                                                                        {"k", 1e3},
                                                                        {"K", 1e3},
                                                                        {"kB", 1e3},
                                                                        {"KB", 1e3},
                                                                        {"KiB", 0x1p10},
                                                                        {"M", 1e6},
                                                                        {"MB", 1e6},
                                                                        {"MiB", 0x1p20},
                                                                        {"G", 1e9},
                                                                        {"GB", 1e9},
                                                                        {"GiB", 0x1p30},
                                                                        {"T", 1e12},
                                                                        {"TB", 1e12},
                                                                        {"TiB", 0x1p40},
                                                                        {"bytes", 1}}};
  for (const auto& [unit, factor] : kUnits)
    if (parsed->second == unit) return whole(parsed->first * factor);
  return std::nullopt;
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
  const auto parsed = number_and_unit(text);
  if (!parsed) return std::nullopt;
  constexpr std::array<std::pair<std::string_view, double>, 6> kUnits{
      {{"s", 1}, {"min", 60}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}}};
  for (const auto& [unit, factor] : kUnits)
    if (parsed->second == unit) return whole(parsed->first * factor);
  return std::nullopt;
}

std::string shortened(std::string_view text, std::size_t columns) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (begins_character(text[i]) && seen++ == columns) return std::string(text.substr(0, i));
  return std::string(text);
}

std::size_t columns_of(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += begins_character(c) ? 1 : 0;
  return count;
}

std::string padded(std::string_view text, std::size_t columns) {
  const auto width = columns_of(text);
  return std::string(text) + std::string(width < columns ? columns - width : 0, ' ');
}

}  // namespace morgana::host
