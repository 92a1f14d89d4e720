// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "graph/plan.hpp"
#include "run/budget.hpp"

namespace morgana::host {

/// How `morgana run` was asked to run.
struct RunSettings {
  std::filesystem::path cache, runs;
  Limits limits;
  bool keep_going = false;
  bool quiet = false;
  bool json = false;       ///< print `run.json` to stdout in the end
  int grace_seconds = 10;  ///< what a stage has to stop in
  /// False: `runs` is a folder for this run alone, of which the user is told nothing; the caller removes it, and so
  /// does a second Ctrl-C.
  bool keeps_folder = true;
  /// Called with the run's folder when all is done, in place of the last words.
  std::function<void(const std::filesystem::path&)> on_done = {};
  std::string command, version;
  std::function<std::string()> graph_svg;
};

/// Runs a plan from beginning to end: run folder, display, interrupts, execution, last words. Returns the program's
/// exit code.
int run_pipeline(const Plan& plan, const RunSettings& settings);

}  // namespace morgana::host
