// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <morgana/channels.hpp>
#include <morgana/random.hpp>
#include <morgana/traces.hpp>
#include <string>

namespace morgana::write_pcap {

/// Traces of every kind a generator might give: 1 to 40 packets and now and then 400, payloads of 0 to 5000 bytes with
/// a liking for 0, 1 and full segments, times of 0 to 10 s, any order of directions, windows of any size.
inline Traces random_traces(std::size_t count, std::uint64_t seed, bool windows) {
  TraceTable table;
  for (const char* name : {"PL", "IAT", "DIR"}) table.channels.push_back(standard_channel(name));
  if (windows) table.channels.push_back(standard_channel("WIN"));
  table.label.names = {"one", "two, \"quoted\""};
  for (std::size_t row = 0; row < count; ++row) {
    const Random random(seed, row);
    std::uint64_t element = 0;
    const auto below = [&](std::uint32_t limit) { return random.below(element++, limit); };
    const auto packets = below(20) == 0 ? 1 + below(400) : 1 + below(40);
    const auto style = below(4);  // how often a packet is empty: seldom, half, mostly, never
    const auto turns = 1 + below(6);
    float direction = below(4) == 0 ? 1.0f : -1.0f;
    for (std::uint32_t i = 0; i < packets; ++i) {
      if (i > 0 && below(turns) == 0) direction = -direction;
      const bool empty = style != 3 && below(10) < (style == 0 ? 1 : style == 1 ? 5 : 9);
      const auto kind = below(5);
      const auto bytes = empty ? 0 : kind == 0 ? 1 + below(3) : kind == 1 ? 1460u : 1 + below(5000);
      const auto pace = below(4);
      const float seconds = i == 0 || pace == 0 ? 0.0f
                            : pace == 1         ? random.uniform(element++) * 1e-3f
                            : pace == 2         ? random.uniform(element++) * 0.2f
                                                : random.uniform(element++) * 10.0f;
      table.channels[0].values.push_back(static_cast<float>(bytes));
      table.channels[1].values.push_back(seconds);
      table.channels[2].values.push_back(direction);
      const auto size = below(4);
      if (windows)
        table.channels[3].values.push_back(static_cast<float>(size == 0   ? below(4)
                                                              : size == 1 ? 343
                                                                          : 1 + below(65535)));
    }
    table.offsets.push_back(table.channels[0].values.size());
    table.label.id.push_back(static_cast<std::int32_t>(row % 3) - 1);
  }
  return Traces(std::move(table));
}

}  // namespace morgana::write_pcap
