// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "graph/expansion.hpp"
#include "graph/plan.hpp"

namespace morgana::host {

/// Connects the nodes, which stand in the order of the expansion's copies; checks ports, types and that every required
/// input has a source.
void connect(const Expansion& expansion, std::vector<PlannedNode>& nodes, Faults& faults);

}  // namespace morgana::host
