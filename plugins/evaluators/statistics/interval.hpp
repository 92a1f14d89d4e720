// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace morgana::statistics {

/// Mean of some repeats with its 95 % interval by Student's t; no interval of fewer than two.
struct Summary {
  double mean = 0;  ///< NaN of no value
  std::optional<double> low, high;
  std::size_t count = 0;
};

/// Values that are NaN are left out.
Summary summarise(std::span<const double> values);

/// The 97.5 % quantile of Student's t: half the width of a 95 % interval in standard errors.
double student_t975(std::size_t degrees_of_freedom);

}  // namespace morgana::statistics
