// SPDX-License-Identifier: Apache-2.0
#include "cell.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace morgana::csv {
namespace {

constexpr std::string_view kMissing[] = {"", "NA", "N/A", "NaN", "nan", "null", "None"};
constexpr std::size_t kShown = 40;

bool parse(std::string_view text, double& value) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  return fault == std::errc() && end == text.data() + text.size() && !text.empty();
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool has_decimal_comma(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  const auto comma = text.find(',');
  return comma != std::string_view::npos && is_digits(text.substr(0, comma)) && is_digits(text.substr(comma + 1));
}

}  // namespace

CellNumber number_of(std::string_view cell) {
  constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();
  double value = 0;
  if (parse(cell, value) && !std::isnan(value)) return {CellKind::kNumber, value};
  if (std::find(std::begin(kMissing), std::end(kMissing), cell) != std::end(kMissing))
    return {CellKind::kMissing, kNoNumber};
  return {has_decimal_comma(cell) ? CellKind::kDecimalComma : CellKind::kText, kNoNumber};
}

std::string shown(std::string_view cell) {
  std::string text = "\"";
  for (const char byte : cell.substr(0, kShown)) {
    const auto code = static_cast<unsigned char>(byte);
    text += code >= 0x20 && code < 0x7f ? byte : '?';
  }
  return text + (cell.size() > kShown ? "...\"" : "\"");
}

}  // namespace morgana::csv
