// SPDX-License-Identifier: Apache-2.0
#include "statistics/sequence.hpp"

#include <cmath>

#include "morgana/error.hpp"

namespace morgana::statistics {

std::array<double, 4> direction_transitions(const std::vector<std::span<const float>>& directions) {
  std::array<double, 4> counts{};
  for (const auto row : directions)
    for (std::size_t i = 1; i < row.size(); ++i) counts[(row[i - 1] > 0 ? 2u : 0u) + (row[i] > 0 ? 1u : 0u)] += 1;
  return counts;
}

std::array<double, 4> transition_chances(const std::array<double, 4>& counts) {
  std::array<double, 4> chances{};
  for (std::size_t i = 0; i < 4; ++i) chances[i] = counts[i] / (counts[i / 2 * 2] + counts[i / 2 * 2 + 1]);
  return chances;
}

std::vector<double> autocorrelation(const std::vector<std::vector<double>>& series, std::size_t lags) {
  std::vector<double> result(lags, 0.0);
  double sum = 0, variance = 0, count = 0;
  for (const auto& row : series)
    for (const double value : row) sum += value, count += 1;
  if (count == 0) return result;
  const double mean = sum / count;
  for (const auto& row : series)
    for (const double value : row) variance += (value - mean) * (value - mean);
  variance /= count;
  // Rounding leaves a constant set a variance of about (epsilon * mean)^2.
  if (variance <= 1e-20 * mean * mean || variance == 0) return result;
  for (std::size_t lag = 1; lag <= lags; ++lag) {
    double product = 0, pairs = 0;
    for (const auto& row : series)
      for (std::size_t i = lag; i < row.size(); ++i) product += (row[i] - mean) * (row[i - lag] - mean), pairs += 1;
    if (pairs > 0) result[lag - 1] = product / pairs / variance;
  }
  return result;
}

double euclidean(std::span<const double> first, std::span<const double> second) {
  if (first.size() != second.size())
    throw Error("vectors of {} and {} numbers cannot be compared", first.size(), second.size());
  double squares = 0;
  for (std::size_t i = 0; i < first.size(); ++i) squares += (first[i] - second[i]) * (first[i] - second[i]);
  return std::sqrt(squares);
}

}  // namespace morgana::statistics
