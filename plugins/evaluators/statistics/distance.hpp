// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

/// Distances between two samples or two histograms. NaN where a side is empty.
namespace morgana::statistics {

/// Area between the two cumulative distributions, in the unit of the values. Both samples ascending.
double wasserstein1(std::span<const double> first, std::span<const double> second);

/// Largest gap between the two cumulative distributions, in [0, 1]. Both samples ascending.
double kolmogorov_smirnov(std::span<const double> first, std::span<const double> second);

/// `bins` equal bins on [low, high]: `bins` + 1 edges. A range without width is widened by one half on each side.
std::vector<double> equal_bins(double low, double high, int bins);

/// Counts in `edges.size() + 1` cells: below the first edge, [edge i, edge i+1), above the last; the last inner cell
/// holds its upper edge too, as numpy's does. Nothing is lost outside.
std::vector<double> histogram(std::span<const double> values, std::span<const double> edges);

/// Jensen-Shannon divergence, base 2, in [0, 1] bits, of two vectors of counts. Not its root, the distance.
double jensen_shannon_bits(std::span<const double> first, std::span<const double> second);

/// Root of half the summed squared difference of the roots of two vectors of counts, each divided by its sum; in [0,
/// 1].
double hellinger(std::span<const double> first, std::span<const double> second);

/// Half the summed absolute difference of two vectors of counts, each divided by its sum; in [0, 1].
double total_variation(std::span<const double> first, std::span<const double> second);

/// Values at equally spaced ranks of an ascending sample with the share of values at or below each: a step function
/// of at most `points` steps.
struct Cumulative {
  std::vector<double> x, share;
};
Cumulative cumulative(std::span<const double> ascending, std::size_t points);

}  // namespace morgana::statistics
