// SPDX-License-Identifier: Apache-2.0
#include "cli/run_options.hpp"

#include <algorithm>

#include "run/machine.hpp"
#include "run/node_key.hpp"
#include "run/wording.hpp"

namespace morgana::host {

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
  limits.jobs = arguments.number("jobs", 1).value_or(limits.threads);
  if (arguments.has("memory")) {
    const auto memory = parse_bytes(arguments.value("memory"));
    if (!memory || *memory == 0)
      throw UsageFault("option --memory is \"{}\"; it takes a size such as 8GB", arguments.value("memory"));
    limits.memory = *memory;
  }
  // Asking for GPUs starts the driver, so it is only done where one could be used.
  const bool wanted = std::any_of(plan.nodes.begin(), plan.nodes.end(), [](const PlannedNode& node) {
    return node.stage->accelerated && node.device != "cpu";
  });
  limits.gpus = wanted ? static_cast<int>(gpus().names.size()) : 0;
  return limits;
}

void check_devices(const Plan& plan, int threads) {
  for (const auto& node : plan.nodes) try {
      placement_of(node, threads);
    } catch (const Error& error) {
      throw UsageFault(Error("node \"{}\": {}", node.name, error.what()).hint(error.hint()));
    }
}

}  // namespace morgana::host
