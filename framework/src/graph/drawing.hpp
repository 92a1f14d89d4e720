// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "graph/picture.hpp"

namespace morgana::host {

/// A box of the picture.
struct Box {
  std::string name;   ///< "model"
  std::string stage;  ///< "train.ddpm"; of folded copies "train.ddpm, train.gan +3"
  std::string kind;   ///< "train": the first word of the stage
  std::string note;   ///< "encoder=encode.gasf", or "10 copies"
};

struct Line {
  std::size_t from = 0, to = 0;
  std::string label;  ///< "train -> traces"
};

/// The graph that is drawn: boxes in an order in which every line leads forwards.
struct Drawing {
  std::vector<Box> boxes;
  std::vector<Line> lines;
};

Drawing drawing_of(const Plan& plan, Copies copies);

}  // namespace morgana::host
