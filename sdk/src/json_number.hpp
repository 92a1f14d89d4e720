// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <nlohmann/json.hpp>

namespace morgana {

/// The number that a value holds. What nlohmann's JSON writes for a number that is not finite is null, read as NaN.
inline double number_of(const nlohmann::json& value) {
  return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace morgana
