// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>

namespace morgana::benchmark {

/// What a made capture file is like.
enum class Shape {
  kReleased,   ///< as MIRAGE-2019 is: three quarters are payload bytes written as numbers
  kListsOnly,  ///< no payload bytes: short lists of small numbers and statistics, the hardest for a reader
};

/// Writes a capture file of about `bytes`, every number drawn from a fixed seed. It holds no `NaN`, which the released
/// files do, because strict parsers refuse it.
void make_capture(const std::filesystem::path& file, std::size_t bytes, Shape shape);

}  // namespace morgana::benchmark
