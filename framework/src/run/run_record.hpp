// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "graph/plan.hpp"
#include "run/budget.hpp"
#include "run/outcome.hpp"

namespace morgana::host {

struct RunRecordFacts {
  std::string status, started;
  double seconds = 0;
  std::string command, version, cache;
  Limits limits;
};

/// `run.json`: versions, seed, machine, and for each node its key, reason, times, memory and outputs. While the run
/// goes on there is no `outcome`.
std::string run_record(const Plan& plan, const RunRecordFacts& facts, const RunOutcome* outcome);

/// One line of `events.jsonl`.
std::string event_line(double time, const char* event, const std::string& node, const nlohmann::ordered_json& more);

}  // namespace morgana::host
