// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "morgana/traces.hpp"

namespace morgana::fidelity {

/// All values of one channel of a set, with the bins and the scale on which it is compared.
struct Channel {
  std::string expression;  ///< "PL*DIR"
  std::string unit;
  bool time = false;          ///< in seconds: compared on log1p(microseconds) too
  std::vector<double> edges;  ///< of the histogram, on the logarithmic scale for times
};

/// What is compared of a channel, with the bins: payload lengths (bytes) on [0, largest] or, signed, on
/// [-largest, largest]; times from the smallest to the largest logarithm in the training part, others likewise.
Channel describe_channel(const Traces& training, const std::string& expression, int bins, double largest_payload);

/// A channel's values of some traces, one row a trace.
class ChannelValues {
 public:
  ChannelValues(const Traces& traces, const Channel& channel);
  /// Values of some rows on the scale of the channel's bins, trace by trace.
  std::vector<std::vector<double>> series(std::span<const std::size_t> rows) const;
  /// The same, raw and in one ascending list.
  std::vector<double> ascending(std::span<const std::size_t> rows) const;

 private:
  const Traces& traces_;
  bool time_;
  std::vector<float> values_;
};

/// One distance between two sets of traces, with what its metric is called. NaN where it is not defined.
struct Measured {
  std::string name, unit, channel;
  double value = 0;
};
/// All distances of one channel between two sets of rows: the same names in the same order whatever the rows.
std::vector<Measured> compare(const Channel& channel, const ChannelValues& first,
                              std::span<const std::size_t> first_rows, const ChannelValues& second,
                              std::span<const std::size_t> second_rows, std::size_t lags);

}  // namespace morgana::fidelity
