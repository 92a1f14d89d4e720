// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/verb.hpp"
#include "graph/plan.hpp"
#include "run/budget.hpp"
#include "run/machine.hpp"

/// What the verbs that run nodes have in common.
namespace morgana::host {

Option threads_option();  ///< --threads
Option grace_option();    ///< --grace

/// The threads, nodes at once, memory and GPUs that `--threads`, `--jobs` and `--memory` and the machine allow. Throws
/// `UsageFault`.
Limits limits_of(const Arguments& arguments, const Plan& plan);

/// "" where nothing is amiss; else that nodes which could run on a GPU take the CPU, and why.
std::string unused_gpu_text(const Plan& plan, const Gpus& gpus);

/// Finds out before anything runs that a node's device is not there; throws `UsageFault`. Warns of a GPU that cannot be
/// used.
void check_devices(const Plan& plan, int threads);

}  // namespace morgana::host
