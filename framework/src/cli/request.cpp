// SPDX-License-Identifier: Apache-2.0
#include "cli/request.hpp"

#include "cli/terminal.hpp"
#include "graph/load_plan.hpp"
#include "run/parameter_checks.hpp"

namespace morgana::host {

std::shared_ptr<const Catalog> catalog_of(const Arguments& arguments, Refusals refusals) {
  std::vector<PluginFolder> folders;
  try {
    folders = search_path(arguments.values("plugin-path"));
  } catch (const Error& error) {
    throw UsageFault(error);
  }
  auto catalog = std::make_shared<const Catalog>(folders);
  if (!catalog->conflicts().empty()) throw catalog->conflicts().front();
  if (refusals == Refusals::kWarn)
    for (const auto& refusal : catalog->refusals()) print_warning(std::string(refusal.what()) + "; it is left out");
  return catalog;
}

Plan plan_of(const Arguments& arguments, std::shared_ptr<const Catalog> catalog) {
  const std::filesystem::path file = arguments.operand(0);
  std::error_code fault;
  const auto status = std::filesystem::status(file, fault);
  if (fault && status.type() != std::filesystem::file_type::not_found)
    throw UsageFault("cannot read {}: {}", file.string(), fault.message());
  if (!std::filesystem::exists(status)) throw UsageFault("there is no pipeline {}", file.string());
  if (std::filesystem::is_directory(status)) throw UsageFault("{} is a folder, not a pipeline", file.string());
  return load_plan(file, arguments.values("set"), std::move(catalog), ParameterChecks());
}

Operand pipeline_operand() { return {.name = "FILE", .doc = "the pipeline, JSON with // comments"}; }

Option set_option() {
  return {.name = "set",
          .argument = "NODE.PARAMETER=VALUE",
          .doc =
              "give a parameter another value than the pipeline does; VALUE is JSON, or else a string. "
              "NODE[VARIABLE=VALUE].PARAMETER=VALUE is for some copies of a varied node only, NODE.device, "
              "NODE.threads and "
              "NODE.seed are set alike, vary.VARIABLE=[VALUES] gives a variable other values, seed=NUMBER the run "
              "another seed. A relative path is seen from the working "
              "folder. May "
              "be repeated; the last one holds",
          .repeatable = true};
}

void print_faults(const PipelineFault& fault) {
  for (const auto& each : fault.faults()) print_error(fault.place(each), sentence(each), each.hint);
}

}  // namespace morgana::host
