// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cli/generate_request.hpp"
#include "run/recorded_run.hpp"

namespace morgana::host {

/// What came out of a generation.
struct Generated {
  std::filesystem::path product;  ///< where it lies
  std::vector<std::pair<std::filesystem::path, std::filesystem::path>>
      others;  ///< further files, and where they belong
  std::uint64_t bytes = 0;
  std::string sha256;
  std::vector<std::pair<std::string, std::int64_t>> drawn;  ///< traces of each class, in the model's order
  std::int64_t traces = 0, packets = 0;
};

/// Reads it from the run that made it, `others` for the folder of the output. Throws `Error` where a value is not
/// there.
Generated generated_by(const GenerateRequest& request, const RecordedRun& run);

/// The side file: model, request, versions, parameters, what was drawn and the accounting, equal for equal requests;
/// and, under "made", when and where it was made.
std::string generate_record(const GenerateRequest& request, const RecordedRun& run, const Generated& generated);

}  // namespace morgana::host
