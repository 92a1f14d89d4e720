// SPDX-License-Identifier: Apache-2.0
#include "flow_features.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>

namespace morgana::mirage_format {
namespace {

/// Lists shorter than this are sorted faster by comparison (measured: the two meet near 600).
constexpr std::size_t kFewValues = 600;

/// Doubles in the order of these keys are in ascending order.
std::uint64_t sort_key(double value) noexcept {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return bits >> 63 == 0 ? bits | std::uint64_t{1} << 63 : ~bits;
}
double value_of(std::uint64_t key) noexcept {
  return std::bit_cast<double>(key >> 63 == 0 ? ~key : key & ~(std::uint64_t{1} << 63));
}

/// Radix sort by bytes; a byte that all keys share is passed by, as most bytes of packet lengths are.
void sort_by_bytes(std::vector<double>& values) {
  std::vector<std::uint64_t> keys(values.size()), sorted(values.size());
  std::transform(values.begin(), values.end(), keys.begin(), sort_key);
  std::array<std::array<std::size_t, 256>, 8> counts{};
  for (const auto key : keys)
    for (std::size_t byte = 0; byte < 8; ++byte) ++counts[byte][key >> 8 * byte & 0xff];
  for (std::size_t byte = 0; byte < 8; ++byte) {
    auto& places = counts[byte];
    if (std::find(places.begin(), places.end(), keys.size()) != places.end()) continue;
    std::size_t place = 0;
    for (auto& count : places) place += std::exchange(count, place);
    for (const auto key : keys) sorted[places[key >> 8 * byte & 0xff]++] = key;
    keys.swap(sorted);
  }
  std::transform(keys.begin(), keys.end(), values.begin(), value_of);
}

/// A sum as exact as if it were taken in twice the precision and rounded (Ogita, Rump and Oishi, "Accurate sum and dot
/// product", 2005, algorithm Sum2). Four sums run side by side, so that none waits for another.
class Sum {
 public:
  void add(std::size_t lane, double value) noexcept {
    auto& sum = sums_[lane];
    const double next = sum + value, part = next - sum;
    lost_[lane] += (sum - (next - part)) + (value - part);
    sum = next;
  }
  double value() const noexcept {
    Sum total;
    for (std::size_t lane = 0; lane < 4; ++lane) total.add(0, sums_[lane]);
    return total.sums_[0] + (total.lost_[0] + lost_[0] + lost_[1] + lost_[2] + lost_[3]);
  }

 private:
  std::array<double, 4> sums_{}, lost_{};
};

double mean_of(std::span<const double> values) noexcept {
  Sum sum;
  for (std::size_t i = 0; i < values.size(); ++i) sum.add(i % 4, values[i]);
  return sum.value() / static_cast<double>(values.size());
}

/// Central moments of order 2, 3 and 4.
struct Moments {
  double second, third, fourth;
};
Moments moments_of(std::span<const double> values, double mean) noexcept {
  Sum second, third, fourth;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double deviation = values[i] - mean, square = deviation * deviation;
    second.add(i % 4, square);
    third.add(i % 4, square * deviation);
    fourth.add(i % 4, square * square);
  }
  const auto n = static_cast<double>(values.size());
  return {second.value() / n, third.value() / n, fourth.value() / n};
}

double percentile(std::span<const double> values, std::size_t percent) noexcept {
  const auto place = (values.size() - 1) * percent, below = place / 100;
  const auto part = static_cast<double>(place % 100) / 100.0;
  if (part == 0) return values[below];
  const double low = values[below], high = values[below + 1];
  // From the nearer end, so that the result never leaves [low, high].
  return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part);
}

/// Deviations grow from the median outwards on both sides: the middle ones are found by walking there.
double median_deviation(std::span<const double> values, double median) noexcept {
  auto right = std::lower_bound(values.begin(), values.end(), median), left = right;
  double last = 0, previous = 0;
  for (std::size_t rank = 0; rank <= values.size() / 2; ++rank) {
    previous = last;
    const bool take_left =
        left != values.begin() && (right == values.end() || median - *std::prev(left) <= *right - median);
    last = take_left ? median - *--left : *right++ - median;
  }
  return values.size() % 2 == 1 ? last : previous + (last - previous) / 2;
}

void set_shape(Statistics& result, std::span<const double> values) noexcept {
  result[kKurtosis] = -3;
  if (values.front() == values.back()) return;
  const auto [second, third, fourth] = moments_of(values, result[kMean]);
  result[kVariance] = second;
  result[kStandardDeviation] = std::sqrt(second);
  if (!(second * second > 0)) return;  // gaps so small that their fourth powers vanish
  const auto n = static_cast<double>(values.size());
  result[kSkewness] = third / (second * result[kStandardDeviation]);
  if (values.size() > 2) result[kSkewness] *= std::sqrt(n * (n - 1)) / (n - 2);
  const double ratio = fourth / (second * second);
  result[kKurtosis] =
      values.size() > 3 ? ((n * n - 1) * ratio - 3 * (n - 1) * (n - 1)) / ((n - 2) * (n - 3)) : ratio - 3;
}

}  // namespace

void sort_values(std::vector<double>& values) {
  if (values.size() < kFewValues) std::sort(values.begin(), values.end());
  else sort_by_bytes(values);
}

Statistics statistics_of_ascending(std::span<const double> values) {
  Statistics result{};
  if (values.empty()) {
    result.fill(std::numeric_limits<double>::quiet_NaN());
    return result;
  }
  result[kMinimum] = values.front();
  result[kMaximum] = values.back();
  result[kMean] = values.front() == values.back() ? values.front() : mean_of(values);
  set_shape(result, values);
  for (std::size_t i = 0; i < 9; ++i) result[kPercentiles + i] = percentile(values, 10 * (i + 1));
  result[kMedianDeviation] = median_deviation(values, result[kPercentiles + 4]);
  return result;
}

FlowFeatures flow_features(FlowSeries& series) {
  FlowFeatures features;
  std::vector<double> both;
  for (const auto which : {kPacketLength, kInterArrival}) {
    auto& directions = which == kPacketLength ? series.lengths : series.gaps;
    for (auto& list : directions) sort_values(list);
    both.clear();
    std::merge(directions[0].begin(), directions[0].end(), directions[1].begin(), directions[1].end(),
               std::back_inserter(both));
    features[which] = {statistics_of_ascending(both), statistics_of_ascending(directions[0]),
                       statistics_of_ascending(directions[1])};
  }
  return features;
}

}  // namespace morgana::mirage_format
