// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace morgana::mirage_format {

/// The statistics of MIRAGE's `flow_features`, in the order of its files.
enum Statistic : std::size_t {
  kMinimum,
  kMaximum,
  kMean,
  kStandardDeviation,  ///< of the population: divided by n
  kVariance,
  kMedianDeviation,  ///< median of |x - median|, not scaled
  kSkewness,         ///< adjusted Fisher-Pearson, sqrt(n (n - 1)) / (n - 2) g1; plain where n < 3; 0 at variance 0
  kKurtosis,         ///< excess, bias-corrected; plain where n < 4; -3 at variance 0
  kPercentiles,      ///< 10th, 20th .. 90th: linear between the two nearest ranks
  kStatistics = kPercentiles + 9
};
inline constexpr std::array<std::string_view, kStatistics> kStatisticNames{
    "min",           "max",           "mean",          "std",           "var",           "mad",
    "skew",          "kurtosis",      "10_percentile", "20_percentile", "30_percentile", "40_percentile",
    "50_percentile", "60_percentile", "70_percentile", "80_percentile", "90_percentile"};
using Statistics = std::array<double, kStatistics>;

/// Statistics of finite values in ascending order; all NaN where there are none.
Statistics statistics_of_ascending(std::span<const double> values);

/// Brings finite values into ascending order: by comparison where they are few, by their bits where they are many.
void sort_values(std::vector<double>& values);

enum Series : std::size_t { kPacketLength, kInterArrival, kSeries };
enum Flow : std::size_t { kBiflow, kUpstream, kDownstream, kFlows };
inline constexpr std::array<std::string_view, kSeries> kSeriesNames{"packet_length", "iat"};
inline constexpr std::array<std::string_view, kFlows> kFlowNames{"biflow", "upstream_flow", "downstream_flow"};

/// The 102 flow features: `[series][flow][statistic]`.
using FlowFeatures = std::array<std::array<Statistics, kFlows>, kSeries>;

/// What the features of one biflow are computed from, up in [0] and down in [1].
struct FlowSeries {
  std::array<std::vector<double>, 2> lengths;  ///< IP total length of each packet, bytes
  std::array<std::vector<double>, 2> gaps;     ///< between neighbouring packets of that direction, seconds

  void clear() {
    for (auto& list : lengths) list.clear();
    for (auto& list : gaps) list.clear();
  }
};

/// All features; sorts the lists of `series`.
///
/// The biflow's lengths and gaps are those of its two directions together. A gap of the biflow is therefore not its
/// `iat`, which is the time since the previous packet of either direction.
FlowFeatures flow_features(FlowSeries& series);

}  // namespace morgana::mirage_format
