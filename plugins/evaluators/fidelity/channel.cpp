// SPDX-License-Identifier: Apache-2.0
#include "channel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "statistics/distance.hpp"
#include "statistics/sequence.hpp"
#include "statistics/trace_set.hpp"

namespace morgana::fidelity {

Channel describe_channel(const Traces& training, const std::string& expression, int bins, double largest_payload) {
  Channel channel{expression, training.expression_unit(expression), false, {}};
  channel.time = channel.unit == "s";
  const auto values = training.expression(expression);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  if (values.empty()) {
    channel.edges = statistics::equal_bins(0, 1, bins);
  } else if (channel.unit == "bytes") {
    channel.edges = statistics::equal_bins(*low < 0 ? -largest_payload : 0, largest_payload, bins);
  } else if (channel.time) {
    channel.edges =
        statistics::equal_bins(statistics::log_microseconds(*low), statistics::log_microseconds(*high), bins);
  } else {
    channel.edges = statistics::equal_bins(*low, *high, bins);
  }
  return channel;
}

ChannelValues::ChannelValues(const Traces& traces, const Channel& channel)
    : traces_(traces), time_(channel.time), values_(traces.expression(channel.expression)) {}

std::vector<std::vector<double>> ChannelValues::series(std::span<const std::size_t> rows) const {
  std::vector<std::vector<double>> result;
  result.reserve(rows.size());
  for (const auto row : rows) {
    const auto begin = values_.begin() + static_cast<std::ptrdiff_t>(traces_.table().offsets[row]);
    auto& values = result.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(traces_.packets(row)));
    if (time_) std::transform(values.begin(), values.end(), values.begin(), statistics::log_microseconds);
  }
  return result;
}

std::vector<double> ChannelValues::ascending(std::span<const std::size_t> rows) const {
  std::vector<double> result;
  for (const auto row : rows) {
    const auto begin = values_.begin() + static_cast<std::ptrdiff_t>(traces_.table().offsets[row]);
    result.insert(result.end(), begin, begin + static_cast<std::ptrdiff_t>(traces_.packets(row)));
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<Measured> compare(const Channel& channel, const ChannelValues& first,
                              std::span<const std::size_t> first_rows, const ChannelValues& second,
                              std::span<const std::size_t> second_rows, std::size_t lags) {
  auto a = first.ascending(first_rows), b = second.ascending(second_rows);
  std::vector<Measured> distances;
  const auto add = [&](const char* name, const std::string& unit, double value) {
    distances.push_back({name, unit, channel.expression, value});
  };
  add("wasserstein1", channel.unit, statistics::wasserstein1(a, b));
  add("kolmogorov_smirnov", "", statistics::kolmogorov_smirnov(a, b));
  if (channel.time) {
    std::transform(a.begin(), a.end(), a.begin(), statistics::log_microseconds);
    std::transform(b.begin(), b.end(), b.begin(), statistics::log_microseconds);
    add("wasserstein1_log", "log1p(us)", statistics::wasserstein1(a, b));
  }
  const auto a_counts = statistics::histogram(a, channel.edges), b_counts = statistics::histogram(b, channel.edges);
  add("jensen_shannon", "bits", statistics::jensen_shannon_bits(a_counts, b_counts));
  add("hellinger", "", statistics::hellinger(a_counts, b_counts));
  add("autocorrelation_distance", "",
      a.empty() || b.empty() ? std::numeric_limits<double>::quiet_NaN()
                             : statistics::euclidean(statistics::autocorrelation(first.series(first_rows), lags),
                                                     statistics::autocorrelation(second.series(second_rows), lags)));
  return distances;
}

}  // namespace morgana::fidelity
