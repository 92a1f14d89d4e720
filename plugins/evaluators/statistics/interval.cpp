// SPDX-License-Identifier: Apache-2.0
#include "statistics/interval.hpp"

#include <cmath>
#include <limits>

namespace morgana::statistics {

double student_t975(std::size_t degrees_of_freedom) {
  constexpr double kTable[]{12.706204736, 4.302652730, 3.182446305, 2.776445105, 2.570581836, 2.446911851, 2.364624252,
                            2.306004135,  2.262157163, 2.228138852, 2.200985160, 2.178812830, 2.160368656, 2.144786688,
                            2.131449546,  2.119905299, 2.109815578, 2.100922040, 2.093024054, 2.085963447};
  if (degrees_of_freedom == 0) return std::numeric_limits<double>::infinity();
  if (degrees_of_freedom <= std::size(kTable)) return kTable[degrees_of_freedom - 1];
  // Cornish and Fisher's expansion about the normal quantile (Abramowitz and Stegun 26.7.5); here within 1e-5.
  const double z = 1.959963984540054, v = static_cast<double>(degrees_of_freedom), z2 = z * z;
  return z + z * (z2 + 1) / (4 * v) + z * (5 * z2 * z2 + 16 * z2 + 3) / (96 * v * v) +
         z * (3 * z2 * z2 * z2 + 19 * z2 * z2 + 17 * z2 - 15) / (384 * v * v * v);
}

Summary summarise(std::span<const double> values) {
  Summary result;
  double sum = 0, squares = 0;
  for (const double value : values)
    if (!std::isnan(value)) sum += value, ++result.count;
  if (result.count == 0) {
    result.mean = std::numeric_limits<double>::quiet_NaN();
    return result;
  }
  const double count = static_cast<double>(result.count);
  result.mean = sum / count;
  if (result.count == 1) return result;
  for (const double value : values)
    if (!std::isnan(value)) squares += (value - result.mean) * (value - result.mean);
  const double half = student_t975(result.count - 1) * std::sqrt(squares / (count - 1) / count);
  result.low = result.mean - half;
  result.high = result.mean + half;
  return result;
}

}  // namespace morgana::statistics
