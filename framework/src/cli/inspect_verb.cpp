// SPDX-License-Identifier: Apache-2.0
#include <fmt/ranges.h>

#include "cli/request.hpp"
#include "cli/stage_text.hpp"
#include "cli/terminal.hpp"
#include "pipeline/nearest.hpp"
#include "plugin/manifest_json.hpp"

namespace morgana::host {
namespace {

void print_ports(const char* title, const std::vector<PortManifest>& ports, bool inputs) {
  if (ports.empty()) return;
  print("\n" + inked(stdout, Ink::kBold, title) + "\n");
  for (const auto& port : ports) {
    print(fmt::format("  {}  {}{}\n", port.name, port.type, inputs ? need_text(port) : ""));
    print(wrapped(port.doc, 6));
  }
}

int inspect(const Arguments& arguments) {
  const auto catalog = catalog_of(arguments);
  const auto& name = arguments.operand(0);
  const auto* entry = catalog->find(name);
  if (entry == nullptr)
    throw UsageFault(Error("unknown stage \"{}\"{}", name, did_you_mean(name, catalog->stage_names()))
                         .hint("morgana list shows them all"));
  const auto& stage = *entry->stage;
  if (arguments.has("json")) {
    print(stage_json(stage, *entry->plugin));
    return kDone;
  }
  print(inked(stdout, Ink::kBold, stage.name) + "\n" + wrapped(stage.doc, 2));
  print(fmt::format("  plugin {} {}, {}\n", entry->plugin->name, entry->plugin->version,
                    entry->plugin->library.string()));
  if (const auto traits = traits_text(stage); !traits.empty()) print(wrapped(traits, 2));
  print_ports("inputs", stage.inputs, true);
  print_ports("outputs", stage.outputs, false);
  if (!stage.parameters.empty()) print("\n" + inked(stdout, Ink::kBold, "parameters") + "\n");
  for (const auto& parameter : stage.parameters) {
    print(fmt::format("  {}  {}, {}\n", parameter.name, type_text(parameter), default_text(parameter)));
    print(wrapped(parameter.doc, 6));
    if (!parameter.origin.empty()) print(wrapped("from: " + parameter.origin, 6));
  }
  return kDone;
}

}  // namespace

Verb inspect_verb() {
  return {.name = "inspect",
          .summary = "show the ports and parameters of a stage",
          .description =
              "Prints what a stage declares: inputs and outputs with their types, parameters with type, unit, range, "
              "default "
              "and where the default comes from. Only the plugin's manifest is read.",
          .operands = {{.name = "STAGE", .doc = "its name, such as train.ddpm"}},
          .options = {plugin_path_option(), json_option()},
          .examples = "morgana inspect select.split\nmorgana inspect train.ddpm --json",
          .run = inspect};
}

}  // namespace morgana::host
