// SPDX-License-Identifier: Apache-2.0
#include "pipeline/nearest.hpp"

#include <algorithm>

namespace morgana::host {

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
