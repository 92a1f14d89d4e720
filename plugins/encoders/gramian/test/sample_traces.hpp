// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "morgana/random.hpp"
#include "morgana/traces.hpp"

namespace morgana::testing {

/// Random biflows of `classes` classes with PL, IAT, DIR and WIN: 1 to `longest` packets, all sizes from 0 to 1460,
/// times from 1 us to 100 s; the first trace is the longest, and holds the extremes.
inline std::shared_ptr<const Traces> sample_traces(std::size_t count, std::size_t longest, std::uint64_t seed,
                                                   std::size_t classes = 2) {
  TraceTable table;
  table.channels = {{"PL", "bytes", {}}, {"IAT", "s", {}}, {"DIR", "", {}}, {"WIN", "", {}}};
  for (std::size_t c = 0; c < classes; ++c) table.label.names.push_back("class-" + std::to_string(c));
  for (std::size_t row = 0; row < count; ++row) {
    const Random random(seed, row);
    const std::size_t packets = row == 0 ? longest : 1 + random.below(0, static_cast<std::uint32_t>(longest));
    for (std::size_t i = 0; i < packets; ++i) {
      const std::uint64_t element = 4 + 4 * i;
      table.channels[0].values.push_back(static_cast<float>(random.below(element, 1461)));
      table.channels[1].values.push_back(i == 0 ? 0.0f : std::pow(10.0f, 8.0f * random.uniform(element + 1) - 6.0f));
      table.channels[2].values.push_back(random.below(element + 2, 2) == 0 ? -1.0f : 1.0f);
      table.channels[3].values.push_back(static_cast<float>(random.below(element + 3, 65536)));
    }
    table.offsets.push_back(table.offsets.back() + packets);
    table.label.id.push_back(static_cast<std::int32_t>(row % classes));
  }
  return std::make_shared<const Traces>(std::move(table));
}

}  // namespace morgana::testing
