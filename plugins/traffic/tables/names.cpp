// SPDX-License-Identifier: Apache-2.0
#include "tables/names.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "morgana/nearest.hpp"

namespace morgana::tables {
namespace {

constexpr std::size_t kColumnsListed = 10;

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

}  // namespace morgana::tables
