// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/request.hpp"
#include "cli/terminal.hpp"

namespace morgana::host {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const PipelineFault& faults) {
  Json list = Json::array();
  for (const auto& fault : faults.faults())
    list.push_back({{"place", faults.place(fault)},
                    {"line", fault.position.line},
                    {"column", fault.position.column},
                    {"node", fault.node},
                    {"error", fault.text},
                    {"hint", fault.hint}});
  return list;
}

int validate(const Arguments& arguments) {
  const auto catalog = catalog_of(arguments);
  try {
    const auto plan = plan_of(arguments, catalog);
    if (arguments.has("resolved")) print(plan.resolved_json);
    else if (arguments.has("json"))
      print(Json{{"valid", true}, {"nodes", plan.nodes.size()}, {"errors", Json::array()}}.dump(2) + "\n");
    else
      print(fmt::format("{}: {} node{}, nothing wrong\n", arguments.operand(0), plan.nodes.size(),
                        plan.nodes.size() == 1 ? "" : "s"));
    return kDone;
  } catch (const PipelineFault& faults) {
    if (!arguments.has("json")) throw;
    print(Json{{"valid", false}, {"errors", json_of(faults)}}.dump(2) + "\n");
    return kBadRequest;
  }
}

}  // namespace

Verb validate_verb() {
  return {
      .name = "validate",
      .summary = "check a pipeline without running it",
      .description =
          "Reads a pipeline, multiplies its variables out, and checks every stage, parameter, edge and input file. "
          "Everything that is wrong is reported at once, each with file, line and column. No data is read and LibTorch "
          "stays out, so it takes milliseconds. Whether parameters go together is for the stage to say, and a plugin "
          "that links LibTorch says it when its node's turn comes.",
      .operands = {pipeline_operand()},
      .options = {set_option(),
                  {.name = "resolved", .doc = "print the pipeline with every default and without variables"},
                  plugin_path_option(),
                  json_option()},
      .examples =
          "morgana validate pipelines/quick.json\nmorgana validate pipelines/quick.json --set "
          "'vary.generator=[\"copy\"]'",
      .run = validate,
      .exit_codes =
          "0  nothing is wrong\n2  the pipeline or the arguments are wrong\n3  two plugins offer the same stage"};
}

}  // namespace morgana::host
