// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "morgana/context.hpp"
#include "morgana/images.hpp"
#include "morgana/metrics.hpp"
#include "morgana/model.hpp"
#include "morgana/port.hpp"

namespace morgana::report {

using Variables = std::map<std::string, std::string>;

/// A gathered value and where it comes from.
template <typename T>
struct Found {
  const T* value;
  Origin origin;
};

/// One thing that is compared: a combination of the pipeline's variables.
struct Contender {
  Variables variables;
  std::string label;     ///< "gasf · ddpm"
  bool control = false;  ///< one of its variables names a control
};

/// All that the report's sections draw on.
struct Findings {
  std::vector<Found<Metrics>> metrics;
  std::vector<Found<Model>> models;
  std::vector<Found<Images>> real_images, synthetic_images;
  std::vector<Contender> contenders;  ///< in the order met, controls last
  RunFacts run;

  /// Index of the contender of those variables; the number of contenders where there is none.
  std::size_t contender(const Variables& variables) const;
};

/// "encode.gasf" -> "gasf": the part of a variable's value behind the last dot, where it looks like a stage.
std::string short_name(const std::string& value);
std::string label_of(const Variables& variables);

/// Fills `contenders` from the origins of the metrics.
void find_contenders(Findings& findings, const std::vector<std::string>& controls);

}  // namespace morgana::report
