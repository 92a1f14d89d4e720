// SPDX-License-Identifier: Apache-2.0
#include "cli/run_options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/terminal.hpp"
#include "run/node_key.hpp"
#include "run/wording.hpp"

namespace morgana::host {

// More than any machine has; a slip of the pen must not start thousands.
constexpr int kMostThreads = 1024;

Option threads_option() {
  return {.name = "threads", .argument = "N", .doc = "threads of all nodes together; else those this process may use"};
}

Option grace_option() {
  return {.name = "grace",
          .argument = "SECONDS",
          .doc = "how long a stage may take to stop after Ctrl-C",
          .fallback = "10"};
}

Limits limits_of(const Arguments& arguments, const Plan& plan) {
  Limits limits;
  limits.threads = arguments.number("threads", 1).value_or(available_threads());
  if (limits.threads > kMostThreads)
    throw UsageFault("option --threads is \"{}\"; the most is {}", limits.threads, kMostThreads);
  limits.jobs = arguments.number("jobs", 1).value_or(limits.threads);
  if (arguments.has("memory")) {
    const auto memory = parse_bytes(arguments.value("memory"));
    if (!memory || *memory == 0)
      throw UsageFault("option --memory is \"{}\"; it takes a size such as 8GB", arguments.value("memory"));
    limits.memory = *memory;
  }
  if (std::any_of(plan.nodes.begin(), plan.nodes.end(), may_use_gpu))
    limits.gpus = gpus().usable() ? static_cast<int>(gpus().names.size()) : 0;
  return limits;
}

std::string unused_gpu_text(const Plan& plan, const Gpus& gpus) {
  if (gpus.unusable.empty()) return "";
  const auto on_cpu = std::count_if(plan.nodes.begin(), plan.nodes.end(), may_use_gpu);
  return fmt::format(
      "there is a GPU ({}), but LibTorch cannot use it: {}; {} on the CPU; to use it: scripts/setup --cuda",
      gpus.names.front(), gpus.unusable, on_cpu == 1 ? "1 node runs" : fmt::format("{} nodes run", on_cpu));
}

void check_devices(const Plan& plan, int threads) {
  for (const auto& node : plan.nodes) try {
      placement_of(node, threads);
    } catch (const Error& error) {
      throw UsageFault(Error("node \"{}\": {}", node.name, error.what()).hint(error.hint()));
    }
  if (std::none_of(plan.nodes.begin(), plan.nodes.end(), may_use_gpu)) return;
  if (const auto text = unused_gpu_text(plan, gpus()); !text.empty()) print_warning(text);
}

}  // namespace morgana::host
