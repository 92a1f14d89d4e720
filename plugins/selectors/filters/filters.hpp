// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <morgana/stage.hpp>

namespace morgana::filters {

Stage* make_minimum_packets();
Stage* make_classes();

}  // namespace morgana::filters
