// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace morgana::benchmark {

/// What every reader makes of a capture: the columns of three packet lists, labels and four numbers a biflow.
struct Columns {
  std::vector<float> payload, iat, direction;
  std::vector<std::uint64_t> offsets{0};
  std::vector<std::int32_t> label;
  std::vector<std::string> keys;
  std::vector<double> metadata;
  std::unordered_map<std::string, std::int32_t> names;
};

Columns read_by_simdjson(const std::filesystem::path& file);
Columns read_by_nlohmann(const std::filesystem::path& file);
/// Processor seconds that CPython's `json.load` takes alone, without making columns; negative where there is no
/// python3.
double seconds_of_python(const std::filesystem::path& file);

}  // namespace morgana::benchmark
