// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/plan_options.hpp"
#include "cli/terminal.hpp"
#include "pipeline/nearest.hpp"
#include "run/foresight.hpp"
#include "run/machine.hpp"
#include "run/wording.hpp"

namespace morgana::host {
namespace {

using nlohmann::ordered_json;

std::vector<std::size_t> nodes_called(const Plan& plan, const std::string& name) {
  std::vector<std::size_t> numbers;
  std::vector<std::string> known;
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    if (plan.nodes[i].name == name || plan.nodes[i].base_name == name) numbers.push_back(i);
    known.push_back(plan.nodes[i].base_name);
    known.push_back(plan.nodes[i].name);
  }
  if (numbers.empty()) throw UsageFault("the pipeline has no node \"{}\"{}", name, did_you_mean(name, known));
  return numbers;
}

/// What the stage's most recent run anywhere had otherwise; for a node that never ran here.
std::vector<std::string> against_last_of_stage(const PlannedNode& node, const Foreseen& foreseen, Store& store) {
  const auto last = store.index().last_of_stage(node.stage->name);
  return last ? changes(last->material, foreseen.material) : std::vector<std::string>{};
}

ordered_json json_of(const PlannedNode& node, const Foreseen& foreseen, Store& store) {
  ordered_json document{{"node", node.name},         {"stage", node.stage->name}, {"action", name_of(foreseen.kind)},
                        {"reason", foreseen.reason}, {"key", foreseen.key},       {"material", ordered_json::array()}};
  for (const auto& part : foreseen.material.parts)
    document["material"].push_back({{"kind", part.kind}, {"name", part.name}, {"value", part.value}});
  if (foreseen.entry) document["folder"] = store.folder(foreseen.key).string();
  document["against_last_of_stage"] = against_last_of_stage(node, foreseen, store);
  return document;
}

EntryRecord record_of(const Store& store, const std::string& key) try {
  return read_entry(store.folder(key) / "entry.json");
} catch (const Error& error) {
  throw Error(error.what()).hint("morgana cache verify --mend removes it; the node is then run again");
}

void print_node(const PlannedNode& node, const Foreseen& foreseen, Store& store) {
  print(fmt::format("{}: {}, {}\n", node.name, node.stage->name,
                    foreseen.kind == Foreseen::Kind::kCached
                        ? "cached"
                        : fmt::format("{}: {}", name_of(foreseen.kind), foreseen.reason)));
  if (foreseen.entry) {
    const auto record = record_of(store, foreseen.key);
    print(fmt::format("  result  {}\n  made    for node \"{}\" in {}, {} at most\n",
                      store.folder(foreseen.key).string(), record.node, duration_text(record.entry.seconds),
                      bytes_text(record.entry.peak_memory)));
    for (const auto& line : record.entry.log) print(fmt::format("  said    {}\n", line));
  }
  print(fmt::format("  key     {}\n",
                    foreseen.key.empty() ? "not known before what it depends on has run" : foreseen.key));
  for (const auto& part : foreseen.material.parts)
    print(fmt::format("    {:<10} {:<24} {}\n", part.kind, part.name, part.value));
  if (foreseen.reason == "new")
    if (const auto list = against_last_of_stage(node, foreseen, store); !list.empty())
      print(fmt::format("  the last {} was made with: {}\n", node.stage->name, fmt::join(list, ", ")));
}

int explain(const Arguments& arguments) {
  const auto plan = plan_of(arguments);
  const auto numbers = nodes_called(plan, arguments.operand(1));
  Store store(cache_folder(arguments));
  const auto list = foresee(plan, store, arguments.number("threads", 1).value_or(available_threads()));
  ordered_json document = ordered_json::array();
  for (const auto number : numbers) {
    if (arguments.has("json")) document.push_back(json_of(plan.nodes[number], list[number], store));
    else print_node(plan.nodes[number], list[number], store);
  }
  if (arguments.has("json")) print(document.dump(1) + "\n");
  return kDone;
}

}  // namespace

Verb explain_verb() {
  return {
      .name = "explain",
      .summary = "say why a node would run or come from the cache",
      .description =
          "Prints what a node's result depends on: stage, code, parameters, seed, device, and the hashes of its "
          "inputs. Their "
          "hash is the node's key in the cache. Where the node would run, it says what changed since its last run; "
          "where it "
          "is cached, how the result was made and where it lies.",
      .operands = {{.name = "FILE", .doc = "the pipeline"},
                   {.name = "NODE", .doc = "a node; all its copies where vary makes several"}},
      .options = {set_option(),
                  {.name = "threads", .argument = "N", .doc = "as for run"},
                  cache_option(),
                  plugin_path_option(),
                  json_option()},
      .examples = "morgana explain pipelines/quick.json split\nmorgana explain study.json model --set model.steps=2000",
      .run = explain};
}

}  // namespace morgana::host
