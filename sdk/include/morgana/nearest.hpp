// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "morgana/version.hpp"

namespace morgana {

/// Letters to insert, delete, replace or swap with their neighbour to make one text of the other (optimal string
/// alignment distance, Boytsov 2011).
MORGANA_API std::size_t edit_distance(std::string_view first, std::string_view second);

/// The names that are there, the most similar to `name` first: those that contain it, then by edit distance.
MORGANA_API std::vector<std::string> by_nearness(std::string_view name, std::vector<std::string> known);

}  // namespace morgana
