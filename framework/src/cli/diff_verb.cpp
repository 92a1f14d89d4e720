// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "cli/run_operand.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"

namespace morgana::host {
namespace {

using nlohmann::json;

std::string shown(const json& value) {
  if (value.is_null()) return "nothing";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string line(const Difference& difference) {
  const auto& [kind, node, name, first, second] = difference;
  if (kind == "run") return fmt::format("{}: {} -> {}", name, shown(first), shown(second));
  if (kind == "node")
    return fmt::format("{}: only in the {} run ({})", node, first.is_null() ? "second" : "first",
                       shown(first.is_null() ? second : first));
  if (kind == "parameter") return fmt::format("{}: {} {} -> {}", node, name, shown(first), shown(second));
  if (kind == "result") return fmt::format("{}: output \"{}\" differs", node, name);
  std::string text = fmt::format("{}: {}  {} -> {}", node, name, shown(first), shown(second));
  if (first.is_number() && second.is_number())
    text += fmt::format("  ({:+.4g})", second.get<double>() - first.get<double>());
  return text;
}

int compare_runs(const Arguments& arguments) {
  const auto first = run_called(arguments.operand(0), arguments);
  const auto second = run_called(arguments.operand(1), arguments);
  const auto list = differences(first, second);
  if (arguments.has("json")) {
    json document = json::array();
    for (const auto& item : list)
      document.push_back({{"kind", item.kind},
                          {"node", item.node},
                          {"name", item.name},
                          {"first", item.first},
                          {"second", item.second}});
    print(document.dump(1) + "\n");
    return kDone;
  }
  if (list.empty()) print("the runs do not differ in seed, plugins, parameters or results\n");
  for (const auto& item : list) print(line(item) + "\n");
  return kDone;
}

}  // namespace

Verb diff_verb() {
  return {
      .name = "diff",
      .summary = "compare two runs: parameters, results, metrics",
      .description =
          "Prints what differs between two runs: seed, plugin versions, nodes, parameters, which outputs have other "
          "contents, and each metric whose value differs.",
      .operands = {{.name = "RUN", .doc = "a run folder, its name, or latest"},
                   {.name = "RUN", .doc = "the one to compare it with"}},
      .options = {runs_option(), json_option()},
      .examples = "morgana diff 2026-11-23T10-00-00-quick latest",
      .run = compare_runs};
}

}  // namespace morgana::host
