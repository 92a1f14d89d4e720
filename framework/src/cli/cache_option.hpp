// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "cache/store.hpp"
#include "cli/verb.hpp"

namespace morgana::host {

/// `--cache` and `--runs`, of every verb that looks at results.
inline Option cache_option() {
  return {.name = "cache",
          .argument = "FOLDER",
          .doc = "where results are kept; else MORGANA_CACHE, else ~/.cache/morgana"};
}
inline Option runs_option() {
  return {.name = "runs", .argument = "FOLDER", .doc = "where run folders lie", .fallback = "runs"};
}

inline std::filesystem::path cache_folder(const Arguments& arguments) {
  return arguments.has("cache") ? std::filesystem::path(arguments.value("cache")) : default_cache_folder();
}

}  // namespace morgana::host
