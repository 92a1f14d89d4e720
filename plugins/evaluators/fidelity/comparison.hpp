// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "morgana/metrics.hpp"
#include "statistics/draw.hpp"

namespace morgana::fidelity {

/// One distance between two sets of rows of one class.
struct Distance {
  Metric form;                              ///< name, unit, tags without the class
  std::vector<double> values;               ///< one a class; NaN where there is none
  std::vector<std::vector<double>> floors;  ///< [repeat][class]: real against real at these sizes
};

/// Sizes and names of the classes that are compared.
struct Classes {
  std::vector<std::string> names;
  std::vector<std::size_t> real, synthetic;
};

/// Each distance of each class, then its mean over classes, plain and weighted by the real test traces.
///
/// A class without synthetic traces stays in the list as NaN, is left out of the means, and is named in their notes.
void report(const Classes& classes, const std::vector<Distance>& distances, Metrics& metrics);

}  // namespace morgana::fidelity
