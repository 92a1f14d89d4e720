// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "morgana/traces.hpp"

namespace morgana::downstream {

/// A row-major table of numbers, one row a trace.
struct Features {
  std::size_t columns = 0;
  std::vector<float> values;
  std::size_t rows() const noexcept { return columns == 0 ? 0 : values.size() / columns; }
  std::span<const float> row(std::size_t index) const { return std::span(values).subspan(index * columns, columns); }
  /// A copy of some rows, in the order given.
  Features select(std::span<const std::size_t> rows) const;
  /// Appends the rows of a table with as many columns.
  void append(const Features& other);
};

/// What a classifier sees of a trace: the first `packets` values of each channel, channel by channel, zeros behind the
/// trace's end.
struct FeatureRecipe {
  std::vector<std::string> channels;  ///< channels or products of two: "PL*DIR"
  std::size_t packets = 10;
};

Features features_of(const Traces& traces, const FeatureRecipe& recipe);

}  // namespace morgana::downstream
