// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace morgana::csv {

enum class CellKind {
  kNumber,
  kMissing,       ///< empty, or one of the words for it: NA, N/A, NaN, nan, null, None
  kDecimalComma,  ///< "0,5"
  kText
};

struct CellNumber {
  CellKind kind;
  double value;  ///< NaN where it is no number
};

CellNumber number_of(std::string_view cell);

/// A cell for a message: in quotes, cut short, without what cannot be shown.
std::string shown(std::string_view cell);

}  // namespace morgana::csv
