// SPDX-License-Identifier: Apache-2.0
#include "tables/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "morgana/nearest.hpp"

namespace morgana::tables {
namespace {

constexpr std::size_t kColumnsListed = 10;

/// Bytes of the UTF-8 sequence at the start of `text`; 0 where there is none (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xc2 && first < 0xe0   ? 2
                             : first >= 0xe0 && first < 0xf0 ? 3
                             : first >= 0xf0 && first < 0xf5 ? 4
                                                             : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  const auto second = byte(1);
  const bool legal = first == 0xe0   ? second >= 0xa0
                     : first == 0xed ? second < 0xa0
                     : first == 0xf0 ? second >= 0x90
                     : first == 0xf4 ? second < 0x90
                                     : true;
  return legal ? length : 0;
}

}  // namespace

std::optional<std::string> name_from_path(std::string_view column, const std::filesystem::path& file) {
  if (column == "{folder}") return file.has_parent_path() ? file.parent_path().filename().string() : std::string();
  if (column != "{file}") return std::nullopt;
  auto name = file.filename().string();
  for (const std::string_view ending : {".gz", ".zst", ".csv", ".tsv", ".txt", ".parquet", ".pq"})
    if (name.size() > ending.size() && name.ends_with(ending)) name.resize(name.size() - ending.size());
  return name;
}

std::string listed_by_nearness(std::string_view wanted, const std::vector<std::string>& columns) {
  auto names = by_nearness(wanted, columns);
  const auto more = names.size() - std::min(names.size(), kColumnsListed);
  names.resize(names.size() - more);
  return fmt::format("{}{}", fmt::join(names, ", "), more == 0 ? "" : fmt::format(" and {} more", more));
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace morgana::tables
