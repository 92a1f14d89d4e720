// SPDX-License-Identifier: Apache-2.0
#include "morgana/nearest.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace morgana {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (auto& letter : result) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return result;
}

}  // namespace

std::size_t edit_distance(std::string_view first, std::string_view second) {
  const std::size_t width = second.size() + 1;
  std::vector<std::size_t> before(width), above(width), row(width);
  for (std::size_t j = 0; j < width; ++j) above[j] = j;
  for (std::size_t i = 1; i <= first.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j < width; ++j) {
      const bool same = first[i - 1] == second[j - 1];
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[second.size()];
}

std::vector<std::string> by_nearness(std::string_view name, std::vector<std::string> known) {
  const auto wanted = lower(name);
  std::vector<std::pair<std::pair<bool, std::size_t>, std::string>> ranked;
  for (auto& candidate : known) {
    const auto text = lower(candidate);
    ranked.push_back({{text.find(wanted) == text.npos, edit_distance(wanted, text)}, std::move(candidate)});
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < known.size(); ++i) known[i] = std::move(ranked[i].second);
  return known;
}

}  // namespace morgana
