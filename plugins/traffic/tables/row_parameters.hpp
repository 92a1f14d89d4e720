// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "forms/form_parameters.hpp"
#include "morgana/stage.hpp"
#include "tables/row_collector.hpp"

namespace morgana::tables {

/// The parameters by which a stage is told how packets stand in a table.
class RowParameters {
 public:
  explicit RowParameters(Stage& stage);

  /// Throws `Error` where they do not fit each other.
  RowOptions options() const;

 private:
  Param<std::vector<std::string>> channels_;
  Param<std::string> timestamps_;
  Param<std::vector<std::string>> scale_;
  Param<Choice> positive_;
  forms::KeptParameters kept_;
  Check fit_each_other_;
};

}  // namespace morgana::tables
