// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace morgana::host {

/// A run of the past, as its folder tells of it.
struct RecordedRun {
  std::filesystem::path folder;
  nlohmann::json record;  ///< `run.json`; its nodes are those that ended, also of a run that was killed
};

/// Finds a run by its folder, by its name below `runs`, or "latest". Throws `Error` that names the runs there are.
RecordedRun read_run(const std::string& name, const std::filesystem::path& runs);

/// A difference between two runs.
struct Difference {
  std::string kind;  ///< "run", "node", "parameter", "result", "metric"
  std::string node, name;
  nlohmann::json first, second;  ///< null: not there
};

/// What is not equal: seeds and plugin versions, nodes, parameters, results, and the numbers in results that are
/// metrics.
std::vector<Difference> differences(const RecordedRun& first, const RecordedRun& second);

}  // namespace morgana::host
