// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "morgana/traces.hpp"

namespace morgana::gramian {

/// A channel, or the product of a channel with DIR: what one image channel shows.
///
/// "PL*DIR" can be taken apart again, because DIR is a sign; other products cannot and are refused.
struct Expression {
  explicit Expression(std::string text);
  std::string text;   ///< "PL*DIR"
  std::string first;  ///< "PL"
  bool signed_by_direction = false;

  /// The values of one trace's first `values.size()` packets.
  void read(const Traces& traces, std::size_t row, std::span<float> values) const;
};

/// How the numbers of an expression become x in [low, 1]: optional log1p, then linear over the training range.
///
/// A product with DIR starts `gap` away from zero, so that a packet without payload keeps its direction.
struct ChannelScale {
  Expression expression;
  std::string unit;          ///< of the values: "bytes", "s"
  bool logarithmic = false;  ///< t = sign(v) log1p(|v| / log_unit), else t = v
  double log_unit = 1;
  double gap = 0;                        ///< added to |t|; 0 where the expression is no product with DIR
  double minimum = 0, maximum = 0;       ///< of t; what lies beyond is clipped
  std::int64_t values = 0, clipped = 0;  ///< in the training set

  double transformed(double value) const;
  double untransformed(double t) const;
  /// x in [low, 1] of a value; counts what it had to clip. A channel of one single value becomes low.
  float to_unit(double value, double low, std::int64_t* clipped = nullptr) const;
  double from_unit(double x, double low) const;
  /// Width of the range of t that one unit of x stands for.
  double width(double low) const { return (maximum - minimum) / (1 - low); }
};

/// Fits the gap and the range of `scale.expression` over the first `packets` packets of all traces: the quantiles
/// `quantile` and 1 - `quantile` of t (0: the extremes). Throws `Error` where a channel is absent or holds a number
/// that is not finite.
void fit(ChannelScale& scale, const Traces& traces, std::size_t packets, double quantile);

}  // namespace morgana::gramian
