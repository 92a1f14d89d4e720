// SPDX-License-Identifier: Apache-2.0
#include "run/parameter_checks.hpp"

#include <fmt/format.h>

#include "plugin/exception_type.hpp"
#include "run/stage_run.hpp"

namespace morgana::host {

std::vector<Error> ParameterChecks::operator()(const PlannedNode& node) {
  if (node.plugin->links_libtorch()) return {};
  const auto stage = stages_->make(node);
  configure(*stage, node, "files");
  const auto fault = [&](const std::string& cause) {
    return PluginFault(node.plugin->library,
                       Error("stage {}: a check of its parameters threw {}", node.stage->name, cause));
  };
  std::vector<Error> found;
  for (const auto* check : stage->checks()) {
    try {
      (*check)();
    } catch (const Error& error) {
      found.push_back(error);
    } catch (const std::exception& exception) {
      throw fault(fmt::format("{}: {}", current_exception_type(), exception.what()));
    } catch (...) {
      throw fault(current_exception_type() + ", which is no std::exception");
    }
  }
  return found;
}

}  // namespace morgana::host
