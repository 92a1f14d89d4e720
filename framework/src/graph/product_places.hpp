// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "graph/plan.hpp"
#include "pipeline/fault.hpp"

namespace morgana::host {

/// Where a node's product goes: its output path, relative to the run's folder.
std::filesystem::path product_place(const PlannedNode& node, const std::string& parameter,
                                    const std::filesystem::path& run_folder);

/// Finds products that would lie outside the run's folder, in the place of its own files, or in each other's.
void check_product_places(const std::vector<PlannedNode>& nodes, Faults& faults);

}  // namespace morgana::host
