// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "graph/expansion.hpp"
#include "graph/plan.hpp"
#include "plugin/catalog.hpp"

namespace morgana::host {

/// Makes the checks that a node's stage declares, of which every parameter has its value, and returns what they find.
/// Throws `PluginFault`.
using CheckNode = std::function<std::vector<Error>(const PlannedNode&)>;

/// Gives every copy of a node its stage, its parameters with defaults, its edges, device, threads and seed; checks all
/// of them against the manifests, and those of a stage that declares checks by `check`. Nodes come in the order of the
/// copies. What is wrong goes to `faults`.
std::vector<PlannedNode> resolve(const Pipeline& pipeline, const Expansion& expansion, const Catalog& catalog,
                                 const std::filesystem::path& folder, const CheckNode& check, Faults& faults);

}  // namespace morgana::host
