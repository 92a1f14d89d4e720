// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "cli/run_operand.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"
#include "run/wording.hpp"

namespace morgana::host {
namespace {

using nlohmann::json;

std::string row(const json& node, std::size_t name_width, std::size_t stage_width) {
  const std::string status = node.value("status", "");
  const bool timed = node.contains("seconds") && (status == "done" || status == "cached");
  std::string line = fmt::format("{}  {}  {:<7}  {:>12}  {:>8}", padded(node.value("name", ""), name_width),
                                 padded(node.value("stage", ""), stage_width), status,
                                 timed ? duration_text(node.value("seconds", 0.0)) : "",
                                 node.contains("peak_memory_bytes") ? bytes_text(node["peak_memory_bytes"]) : "");
  if (status != "cached") line += "  " + node.value("reason", "");
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line + "\n";
}

void print_run(const RecordedRun& run) {
  const auto& record = run.record;
  const auto machine = record.value("machine", json::object());
  print(fmt::format("{}\n", run.folder.string()));
  print(fmt::format("pipeline  {}\nstatus    {}\nstarted   {}, {}\nmachine   {}, {} threads\n\n",
                    record.value("pipeline", ""), record.value("status", ""), record.value("started", ""),
                    duration_text(record.value("seconds", 0.0)), machine.value("processor", ""),
                    machine.value("threads", 0)));
  const auto nodes = record.value("nodes", json::array());
  std::size_t name_width = 4, stage_width = 5;
  for (const auto& node : nodes) {
    name_width = std::max(name_width, columns_of(node.value("name", "")));
    stage_width = std::max(stage_width, node.value("stage", "").size());
  }
  print(fmt::format("{}  {}  status           time    memory  why it ran\n", padded("node", name_width),
                    padded("stage", stage_width)));
  for (const auto& node : nodes) print(row(node, name_width, stage_width));
  bool heading = false;
  for (const auto& node : nodes) {
    const auto products = node.value("products", json::object());
    for (const auto& [name, product] : products.items()) {
      if (!std::exchange(heading, true)) print("\n");
      print(fmt::format("wrote   {}\n", (run.folder / product.value("file", "")).lexically_normal().string()));
    }
    if (!node.value("error", "").empty()) print(fmt::format("\nerror: {}\n", node.value("error", "")));
  }
  print(fmt::format("{}values  {}\n", heading ? "" : "\n", (run.folder / "values").string()));
}

int show(const Arguments& arguments) {
  const auto run = run_called(arguments.operands().empty() ? "latest" : arguments.operand(0), arguments);
  if (arguments.has("json")) {
    auto document = run.record;
    document["folder"] = run.folder.string();
    print(document.dump(1) + "\n");
  } else {
    print_run(run);
  }
  return kDone;
}

}  // namespace

Verb show_verb() {
  return {
      .name = "show",
      .summary = "show a run of the past: nodes, times, where results lie",
      .description =
          "Prints what a run's folder records: each node with its status, the time and memory it took when it really "
          "ran, why it ran, and where its products and values lie. A run that was killed shows the nodes that had "
          "ended.",
      .operands = {{.count = Operand::Count::kOptional,
                    .name = "RUN",
                    .doc = "a run folder, or its name; the latest where it is left out"}},
      .options = {runs_option(), json_option("print the whole record as JSON")},
      .examples = "morgana show\nmorgana show runs/2026-11-23T10-00-00-quick --json",
      .run = show};
}

}  // namespace morgana::host
