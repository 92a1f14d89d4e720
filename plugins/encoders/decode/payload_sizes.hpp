// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <vector>

#include "morgana/traces.hpp"

namespace morgana::decode {

/// The payload lengths that packets of each class and direction had in training.
class PayloadSizes {
 public:
  /// Looks at the first `packets` packets of each trace; without a channel DIR all count as downward.
  PayloadSizes(const Traces& training, std::size_t packets);

  /// The nearest size seen in training: of this class and direction; where that has none, of any class in this
  /// direction; where that has none either, the nearest whole byte. A tie goes to the smaller size.
  float nearest(const std::string& class_name, bool up, float payload) const;

 private:
  using Sizes = std::array<std::vector<float>, 2>;  ///< sorted, down and up
  std::vector<std::string> names_;
  std::vector<Sizes> by_class_;
  Sizes overall_;
};

}  // namespace morgana::decode
