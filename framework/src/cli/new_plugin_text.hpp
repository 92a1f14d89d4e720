// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The files that `morgana new-plugin` writes. @STAGE@ is "select.long-flows", @NAME@ "long-flows", @CLASS@
/// "LongFlows", @FILE@ "long_flows".
namespace morgana::host {

inline constexpr const char* kPluginBuildText = R"(cmake_minimum_required(VERSION 3.25)
project(@FILE@ LANGUAGES CXX)
find_package(morgana 1.0 REQUIRED)

# Add TENSORS in front of SOURCES for a stage that includes morgana/tensor.hpp.
morgana_add_plugin(@NAME@ SOURCES @FILE@.cpp)
)";

inline constexpr const char* kPluginStageText = R"(// Keeps the traces that are long enough.
#include <morgana/stage.hpp>
#include <morgana/traces.hpp>

namespace {

class @CLASS@ final : public morgana::Stage {
  morgana::In<morgana::Traces> traces{*this, "traces", "Traces to filter."};
  morgana::Out<morgana::Traces> kept{*this, "kept", "Traces with at least `packets` packets."};
  morgana::Param<int> packets{*this, "packets", {.value = 10, .unit = "packets", .min = 1, .doc = "Shortest trace kept."}};

  void run(morgana::Context& context) override {
    const auto rows = traces->rows_where([&](const morgana::TraceView& trace) {
      return trace.packets() >= static_cast<std::size_t>(*packets);
    });
    if (rows.empty()) throw morgana::Error("no trace has {} packets; the longest has {}", *packets, traces->longest());
    kept = traces->select(rows);
    context.log().info("kept {} of {} traces", kept->size(), traces->size());
  }
};

}  // namespace

MORGANA_PLUGIN("@NAME@", "1.0.0", "Keeps the traces that are long enough.",
               morgana::stage<@CLASS@>("@STAGE@"));
)";

inline constexpr const char* kPluginPipelineText = R"(// A pipeline to try the plugin with: morgana run try.json --set flows.path=FILE-OR-FOLDER
{
  "schema": "morgana.pipeline/1",
  "nodes": {
    "flows": { "use": "read.mirage-2019", "set": { "path": "." } },
    "mine": { "use": "@STAGE@", "in": { "traces": "flows.traces" }, "set": { "packets": 10 } }
  }
}
)";

}  // namespace morgana::host
