// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "graph/expansion.hpp"
#include "graph/plan.hpp"
#include "plugin/catalog.hpp"

namespace morgana::host {

/// Gives every copy of a node its stage, its parameters with defaults, its edges, device, threads and seed; checks all
/// of them against the manifests. Nodes come in the order of the copies. What is wrong goes to `faults`.
std::vector<PlannedNode> resolve(const Pipeline& pipeline, const Expansion& expansion, const Catalog& catalog,
                                 const std::filesystem::path& folder, Faults& faults);

}  // namespace morgana::host
