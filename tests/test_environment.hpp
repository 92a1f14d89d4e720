// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>

/// Where tests find what is not in the repository. Neither need be there: a test that wants it skips and says so.
namespace morgana::testing {

/// Real traffic: MORGANA_REFERENCE_DATA, else ../shared/data beside the checkout.
inline std::filesystem::path reference_data() {
  const char* chosen = std::getenv("MORGANA_REFERENCE_DATA");
  return chosen != nullptr ? std::filesystem::path(chosen)
                           : std::filesystem::path(MORGANA_SOURCE_DIR) / "../shared/data";
}

/// The Python with the oracles (numpy, scipy, scikit-learn, pyts, pyarrow) that scripts/setup makes in .deps, or in
/// MORGANA_DEPS.
inline std::filesystem::path oracle_python() {
  const char* deps = std::getenv("MORGANA_DEPS");
  return (deps != nullptr ? std::filesystem::path(deps) : std::filesystem::path(MORGANA_SOURCE_DIR) / ".deps") /
         "venv/bin/python";
}

}  // namespace morgana::testing
