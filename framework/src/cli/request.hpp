// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "cli/verb.hpp"
#include "graph/plan.hpp"
#include "pipeline/fault.hpp"
#include "plugin/catalog.hpp"

/// What the verbs that work on plugins and pipelines have in common.
namespace morgana::host {

enum class Refusals { kWarn, kKeep };

/// The installed plugins, as `--plugin-path` says. Warns of refused ones; throws `PluginFault` where two libraries
/// offer one stage.
std::shared_ptr<const Catalog> catalog_of(const Arguments& arguments, Refusals refusals = Refusals::kWarn);

/// The pipeline that the first operand names, with `--set` applied. Throws `UsageFault` where there is no such file,
/// and `PipelineFault`.
Plan plan_of(const Arguments& arguments, std::shared_ptr<const Catalog> catalog);

Operand pipeline_operand();
Option set_option();

/// Everything that is wrong with a pipeline, to stderr.
void print_faults(const PipelineFault& fault);

}  // namespace morgana::host
