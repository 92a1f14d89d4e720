// SPDX-License-Identifier: Apache-2.0
#include "pipeline/nearest.hpp"

#include <algorithm>

namespace morgana::host {

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

std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& known) {
  const std::string* best = nullptr;
  std::size_t least = 0;
  for (const auto& candidate : known) {
    const std::size_t distance = edit_distance(name, candidate);
    if (best == nullptr || distance < least) best = &candidate, least = distance;
  }
  if (best == nullptr || least > std::max<std::size_t>(1, std::max(best->size(), name.size()) / 3)) return std::nullopt;
  return *best;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& known) {
  const auto near = nearest(name, known);
  return near ? "; did you mean \"" + *near + "\"?" : "";
}

}  // namespace morgana::host
