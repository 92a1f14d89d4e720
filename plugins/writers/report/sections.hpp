// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "findings.hpp"
#include "page.hpp"
#include "table.hpp"

namespace morgana::report {

/// A section of the page and the tables in it; an empty body means there is nothing to show.
struct Chapter {
  Section section;
  std::vector<Table> tables;
};

Chapter verdict_chapter(const Findings& findings);  ///< headline metrics of every contender, beside floor and controls
Chapter distributions_chapter(const Findings& findings);  ///< curves of the evaluators, a chart a class
Chapter images_chapter(const Findings& findings, int per_class);
Chapter matrices_chapter(const Findings& findings);
Chapter training_chapter(const Findings& findings);
Chapter metrics_chapter(const Findings& findings);  ///< every number there is
Chapter costs_chapter(const Findings& findings);
Chapter pipeline_chapter(const Findings& findings);

}  // namespace morgana::report
