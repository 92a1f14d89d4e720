// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

/// What the order of packets says. A ragged set is given as one row of values a trace, so nothing is padded.
namespace morgana::statistics {

/// Counts of (direction, next direction) over neighbouring packets: up-up, up-down, down-up, down-down. A value
/// above 0 is down.
std::array<double, 4> direction_transitions(const std::vector<std::span<const float>>& directions);

/// The same as chances of the next direction given the present one, row-major; NaN where a direction never occurs.
std::array<double, 4> transition_chances(const std::array<double, 4>& counts);

/// Autocorrelation at the lags 1 to `lags` of a whole set: the mean over all pairs `lag` packets apart within a trace
/// of (x - mean)(y - mean), over the variance of all packets. 0 for a constant set, and at lags that no trace reaches.
std::vector<double> autocorrelation(const std::vector<std::vector<double>>& series, std::size_t lags);

/// Euclidean distance of two vectors of one size.
double euclidean(std::span<const double> first, std::span<const double> second);

}  // namespace morgana::statistics
