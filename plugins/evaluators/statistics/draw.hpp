// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace morgana::statistics {

/// Rows of each class.
using RowsByClass = std::vector<std::vector<std::size_t>>;

/// `count` of the rows without repetition (all of them where there are no more), ascending. A function of its
/// arguments alone.
std::vector<std::size_t> draw(std::span<const std::size_t> rows, std::size_t count, std::uint64_t seed,
                              std::uint64_t sample);

/// `counts[c]` rows of each class c, as far as there are; class by class.
std::vector<std::size_t> draw_by_class(const RowsByClass& rows, std::span<const std::size_t> counts,
                                       std::uint64_t seed);

std::vector<std::size_t> sizes(const RowsByClass& rows);
std::size_t total(std::span<const std::size_t> counts);
/// The smaller of each pair.
std::vector<std::size_t> smaller(std::span<const std::size_t> first, std::span<const std::size_t> second);

}  // namespace morgana::statistics
