// SPDX-License-Identifier: Apache-2.0
#include <morgana/traces.hpp>

#include "filters.hpp"

namespace morgana::filters {
namespace {

/// Keeps only the biflows long enough to be worth imaging.
class MinimumPackets final : public Stage {
  In<Traces> traces{*this, "traces", "Traces to filter."};
  Out<Traces> kept{*this, "kept", "Traces with at least `packets` packets."};
  Param<int> packets{*this, "packets", {.value = 10, .unit = "packets", .min = 1, .doc = "Shortest trace kept."}};

  void run(Context& context) override {
    const auto rows = traces->rows_where(
        [&](const TraceView& trace) { return trace.packets() >= static_cast<std::size_t>(*packets); });
    if (rows.empty()) throw Error("no trace has {} packets; the longest has {}", *packets, traces->longest());
    kept = traces->select(rows);
    context.log().info("kept {} of {} traces", kept->size(), traces->size());
  }
};

}  // namespace

Stage* make_minimum_packets() { return new MinimumPackets; }

}  // namespace morgana::filters
