// SPDX-License-Identifier: Apache-2.0
#include "statistics/draw.hpp"

#include <algorithm>
#include <numeric>

#include "morgana/random.hpp"

namespace morgana::statistics {

std::vector<std::size_t> draw(std::span<const std::size_t> rows, std::size_t count, std::uint64_t seed,
                              std::uint64_t sample) {
  std::vector<std::size_t> result(rows.begin(), rows.end());
  if (count >= result.size()) return result;
  const Random random(seed, sample);
  for (std::size_t i = 0; i < count; ++i)
    std::swap(result[i], result[i + random.below(i, static_cast<std::uint32_t>(result.size() - i))]);
  result.resize(count);
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<std::size_t> draw_by_class(const RowsByClass& rows, std::span<const std::size_t> counts,
                                       std::uint64_t seed) {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < rows.size() && i < counts.size(); ++i) {
    const auto drawn = draw(rows[i], counts[i], seed, i);
    result.insert(result.end(), drawn.begin(), drawn.end());
  }
  return result;
}

std::vector<std::size_t> sizes(const RowsByClass& rows) {
  std::vector<std::size_t> result;
  for (const auto& each : rows) result.push_back(each.size());
  return result;
}

std::size_t total(std::span<const std::size_t> counts) {
  return std::accumulate(counts.begin(), counts.end(), std::size_t{0});
}

std::vector<std::size_t> smaller(std::span<const std::size_t> first, std::span<const std::size_t> second) {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < std::min(first.size(), second.size()); ++i)
    result.push_back(std::min(first[i], second[i]));
  return result;
}

}  // namespace morgana::statistics
