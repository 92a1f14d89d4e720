// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/verb.hpp"
#include "graph/plan.hpp"
#include "run/budget.hpp"

/// What the verbs that run nodes have in common.
namespace morgana::host {

Option threads_option();  ///< --threads
Option grace_option();    ///< --grace

/// The threads, nodes at once, memory and GPUs that `--threads`, `--jobs` and `--memory` and the machine allow. Throws
/// `UsageFault`.
Limits limits_of(const Arguments& arguments, const Plan& plan);

/// Finds out before anything runs that a node's device is not there; throws `UsageFault`.
void check_devices(const Plan& plan, int threads);

}  // namespace morgana::host
