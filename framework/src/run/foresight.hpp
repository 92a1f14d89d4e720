// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cache/store.hpp"
#include "graph/plan.hpp"
#include "run/node_key.hpp"

namespace morgana::host {

/// What a run would do with a node.
struct Foreseen {
  enum class Kind {
    kCached,
    kRuns,     ///< it has to run
    kDepends,  ///< something it depends on has to run; it comes from the cache if that gives what it gave before
    kFails     ///< it cannot even begin
  } kind = Kind::kRuns;
  std::string key;       ///< "" where inputs are not known yet
  KeyMaterial material;  ///< as far as it is known
  std::string reason;    ///< "cached", "new", "packets 10 -> 32", "after \"flows\"", or the error
  std::optional<Entry> entry;
};
const char* name_of(Foreseen::Kind kind);  ///< "cached", "runs", "depends", "fails"

/// Looks ahead without running anything: for `run --dry-run` and `explain`.
std::vector<Foreseen> foresee(const Plan& plan, Store& store, int threads);

}  // namespace morgana::host
