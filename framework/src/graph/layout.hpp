// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "graph/drawing.hpp"

namespace morgana::host {

/// A point of the picture: the layer from left to right, and the slot in it from top to bottom.
struct Spot {
  std::size_t layer = 0;
  double slot = 0;
};

/// Where boxes stand and lines bend.
struct Layout {
  std::vector<Spot> boxes;
  std::vector<std::vector<Spot>> bends;  ///< of each line, between its ends: one a layer that it passes
  std::size_t layers = 0;
  double slots = 0;  ///< of the fullest layer
};

/// A layered drawing (Sugiyama, Tagawa and Toda 1981): layers by longest path, order in a layer by the mean place of
/// the neighbours, in a few sweeps.
Layout layout_of(const Drawing& drawing);

}  // namespace morgana::host
