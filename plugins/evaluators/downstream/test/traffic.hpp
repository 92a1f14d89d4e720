// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "morgana/metrics.hpp"
#include "morgana/random.hpp"
#include "morgana/traces.hpp"

namespace morgana {

/// Traces of classes whose first packet lies around 200, 500, 800 ... bytes; `shift` moves them all.
inline std::shared_ptr<const Traces> traffic(std::vector<std::size_t> counts, std::uint64_t sample, float shift = 0,
                                             std::vector<std::string> names = {"a", "b", "c"}) {
  TraceTable table;
  table.channels = {{"PL", "bytes", {}}, {"IAT", "s", {}}, {"DIR", "", {}}};
  table.label.names = std::move(names);
  for (std::size_t label = 0; label < counts.size(); ++label)
    for (std::size_t i = 0; i < counts[label]; ++i) {
      const Random random(17, sample, static_cast<std::uint32_t>(label * 10000 + i));
      const auto packets = 2 + random.below(900, 4);
      for (std::uint64_t packet = 0; packet < packets; ++packet) {
        table.channels[0].values.push_back(
            std::round(200 + 300 * static_cast<float>(label) + 60 * random.normal(packet) + shift));
        table.channels[1].values.push_back(packet == 0 ? 0 : 0.001f * random.uniform(500 + packet));
        table.channels[2].values.push_back(packet % 2 == 0 ? -1 : 1);
      }
      table.offsets.push_back(table.offsets.back() + packets);
      table.label.id.push_back(static_cast<std::int32_t>(label));
    }
  return std::make_shared<const Traces>(std::move(table));
}

inline double value(const Metrics& metrics, const char* name, const std::map<std::string, std::string>& tags) {
  const auto* metric = metrics.find(name, tags);
  return metric == nullptr ? -1 : metric->value;
}

}  // namespace morgana
