// SPDX-License-Identifier: Apache-2.0
#include "statistics/distance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "morgana/error.hpp"

namespace morgana::statistics {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

/// Calls `step(width, share of first, share of second)` for each stretch between neighbouring values of both samples.
template <typename Step>
void walk(std::span<const double> first, std::span<const double> second, Step step) {
  std::size_t i = 0, j = 0;
  while (i < first.size() || j < second.size()) {
    const double here = j == second.size() || (i < first.size() && first[i] <= second[j]) ? first[i] : second[j];
    while (i < first.size() && first[i] == here) ++i;
    while (j < second.size() && second[j] == here) ++j;
    double next = std::numeric_limits<double>::infinity();
    if (i < first.size()) next = first[i];
    if (j < second.size()) next = std::min(next, second[j]);
    step(std::isinf(next) ? 0.0 : next - here, static_cast<double>(i) / static_cast<double>(first.size()),
         static_cast<double>(j) / static_cast<double>(second.size()));
  }
}

double sum_of(std::span<const double> counts) { return std::accumulate(counts.begin(), counts.end(), 0.0); }

void check_cells(std::span<const double> first, std::span<const double> second) {
  if (first.size() != second.size())
    throw Error("histograms of {} and {} cells cannot be compared", first.size(), second.size());
}

}  // namespace

double wasserstein1(std::span<const double> first, std::span<const double> second) {
  if (first.empty() || second.empty()) return kUndefined;
  double area = 0;
  walk(first, second, [&](double width, double a, double b) { area += width * std::abs(a - b); });
  return area;
}

double kolmogorov_smirnov(std::span<const double> first, std::span<const double> second) {
  if (first.empty() || second.empty()) return kUndefined;
  double gap = 0;
  walk(first, second, [&](double, double a, double b) { gap = std::max(gap, std::abs(a - b)); });
  return gap;
}

std::vector<double> equal_bins(double low, double high, int bins) {
  if (bins < 1 || !(low <= high)) throw Error("no {} bins on [{}, {}]", bins, low, high);
  if (low == high) low -= 0.5, high += 0.5;
  std::vector<double> edges(static_cast<std::size_t>(bins) + 1);
  for (int i = 0; i <= bins; ++i) edges[static_cast<std::size_t>(i)] = low + (high - low) * i / bins;
  edges.back() = high;
  return edges;
}

std::vector<double> histogram(std::span<const double> values, std::span<const double> edges) {
  if (edges.size() < 2) throw Error("a histogram needs at least two edges");
  std::vector<double> counts(edges.size() + 1, 0.0);
  for (const double value : values) {
    const auto cell = static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), value) - edges.begin());
    counts[value == edges.back() ? edges.size() - 1 : cell] += 1;
  }
  return counts;
}

double jensen_shannon_bits(std::span<const double> first, std::span<const double> second) {
  check_cells(first, second);
  const double first_sum = sum_of(first), second_sum = sum_of(second);
  if (first_sum <= 0 || second_sum <= 0) return kUndefined;
  double divergence = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const double p = first[i] / first_sum, q = second[i] / second_sum, middle = (p + q) / 2;
    if (p > 0) divergence += p * std::log2(p / middle) / 2;
    if (q > 0) divergence += q * std::log2(q / middle) / 2;
  }
  return std::clamp(divergence, 0.0, 1.0);
}

double hellinger(std::span<const double> first, std::span<const double> second) {
  check_cells(first, second);
  const double first_sum = sum_of(first), second_sum = sum_of(second);
  if (first_sum <= 0 || second_sum <= 0) return kUndefined;
  double squares = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const double gap = std::sqrt(first[i] / first_sum) - std::sqrt(second[i] / second_sum);
    squares += gap * gap;
  }
  return std::min(std::sqrt(squares / 2), 1.0);
}

double total_variation(std::span<const double> first, std::span<const double> second) {
  check_cells(first, second);
  const double first_sum = sum_of(first), second_sum = sum_of(second);
  if (first_sum <= 0 || second_sum <= 0) return kUndefined;
  double distance = 0;
  for (std::size_t i = 0; i < first.size(); ++i) distance += std::abs(first[i] / first_sum - second[i] / second_sum);
  return distance / 2;
}

Cumulative cumulative(std::span<const double> ascending, std::size_t points) {
  Cumulative curve;
  const auto size = ascending.size();
  for (std::size_t i = 0, steps = std::min(points, size); i < steps; ++i) {
    // Ranks from the first value to the last; ties end at their last occurrence, so that the share is exact there.
    const auto rank = steps == 1 ? size - 1 : i * (size - 1) / (steps - 1);
    const double x = ascending[rank];
    if (!curve.x.empty() && curve.x.back() == x) continue;
    const auto end = std::upper_bound(ascending.begin(), ascending.end(), x) - ascending.begin();
    curve.x.push_back(x);
    curve.share.push_back(static_cast<double>(end) / static_cast<double>(size));
  }
  return curve;
}

}  // namespace morgana::statistics
