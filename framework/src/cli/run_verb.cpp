// SPDX-License-Identifier: Apache-2.0
#include "cli/plan_options.hpp"
#include "cli/program.hpp"
#include "cli/run_options.hpp"
#include "cli/terminal.hpp"
#include "graph/picture.hpp"
#include "morgana/count_text.hpp"
#include "run/foresight.hpp"
#include "run/pipeline_run.hpp"
#include "run/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace morgana::host {
namespace {

int print_foresight(const Plan& plan, Store& store, int threads, bool json) {
  const auto list = foresee(plan, store, threads);
  if (json) {
    nlohmann::ordered_json document = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < list.size(); ++i)
      document.push_back({{"node", plan.nodes[i].name},
                          {"stage", plan.nodes[i].stage->name},
                          {"action", name_of(list[i].kind)},
                          {"reason", list[i].reason},
                          {"key", list[i].key}});
    print(document.dump(1) + "\n");
    return kDone;
  }
  std::size_t width = 0, counts[4] = {};
  for (const auto& node : plan.nodes) width = std::max(width, columns_of(node.name));
  for (std::size_t i = 0; i < list.size(); ++i) {
    ++counts[static_cast<std::size_t>(list[i].kind)];
    const bool cached = list[i].kind == Foreseen::Kind::kCached;
    print(fmt::format("{}  {:<7}  {}{}\n", padded(plan.nodes[i].name, width), name_of(list[i].kind),
                      plan.nodes[i].stage->name, cached ? "" : ": " + list[i].reason));
  }
  std::string total = fmt::format("{}: {} cached, {} to run", count_text(list.size(), "node"), counts[0], counts[1]);
  if (counts[2] > 0) total += fmt::format(", {} if what is before them changes", counts[2]);
  if (counts[3] > 0) total += fmt::format(", {} that would fail", counts[3]);
  print(total + "\n");
  return counts[3] > 0 ? kStageFailed : kDone;
}

int run_verb_body(const Arguments& arguments) {
  const auto plan = plan_of(arguments);
  const auto limits = limits_of(arguments, plan);
  if (arguments.has("dry-run")) {
    Store store(cache_folder(arguments));
    return print_foresight(plan, store, limits.threads, arguments.has("json"));
  }
  check_devices(plan, limits.threads);
  RunSettings settings;
  settings.cache = cache_folder(arguments);
  settings.runs = arguments.value("runs");
  settings.limits = limits;
  settings.keep_going = arguments.has("keep-going");
  settings.quiet = arguments.has("quiet");
  settings.json = arguments.has("json");
  settings.grace_seconds = arguments.number("grace", 0).value_or(10);
  settings.command = arguments.command();
  settings.version = version();
  settings.graph_svg = [&plan] { return graph_svg(plan); };
  return run_pipeline(plan, settings);
}

}  // namespace

Verb run_verb() {
  return {
      .name = "run",
      .summary = "run a pipeline; what was run before comes from the cache",
      .description =
          "Checks the pipeline, then runs each node as soon as what it depends on has ended, side by side as far as "
          "threads, "
          "GPUs and memory allow. A node whose stage, code, parameters, seed and inputs are as in an earlier run is "
          "not run "
          "again: its result comes from the cache. So a run that was killed goes on where it was; training resumes "
          "from its "
          "last checkpoint.\n\n"
          "Ctrl-C asks the stages to save their work and stop; a second one ends the run at once. Either way nothing "
          "that "
          "was finished is lost.\n\n"
          "Each run leaves a folder: the pipeline as given and with every default, run.json with what came out, "
          "events.jsonl with what happened when, links to all values, and the products (a report, tables).",
      .operands = {{.name = "FILE", .doc = "the pipeline"}},
      .options =
          {set_option(),
           {.name = "dry-run", .doc = "run nothing; print for each node whether it is cached, or why it would run"},
           {.name = "keep-going", .doc = "after a failure, go on with what does not depend on it"},
           {.name = "jobs", .argument = "N", .doc = "nodes at once; else as many as there are threads"},
           threads_option(),
           {.name = "memory", .argument = "SIZE", .doc = "let a node wait rather than take more memory than this: 8GB"},
           grace_option(),
           cache_option(),
           runs_option(),
           plugin_path_option(),
           {.name = "quiet", .doc = "only warnings and errors"},
           json_option("print the run's record as JSON in the end")},
      .examples =
          "morgana run pipelines/quick.json\nmorgana run study.json --set model.steps=2000 --dry-run\nmorgana run "
          "study.json --keep-going --memory 12GB",
      .run = run_verb_body};
}

}  // namespace morgana::host
