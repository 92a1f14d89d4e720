// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "graph/plan.hpp"

namespace morgana::host {

/// Whether the copies that `vary` makes of a node are drawn each, or as one box that says how many there are.
enum class Copies { kEach, kFolded };

/// An SVG picture, sources on the left, that needs no other file or program. Colours tell the kinds of stages apart.
std::string graph_svg(const Plan& plan, Copies copies = Copies::kFolded);

/// For Graphviz.
std::string graph_dot(const Plan& plan, Copies copies);

/// One line a node, behind those it depends on, with its inputs below it.
std::string graph_text(const Plan& plan, Copies copies);

}  // namespace morgana::host
