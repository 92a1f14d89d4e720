// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/request.hpp"
#include "cli/terminal.hpp"
#include "pipeline/nearest.hpp"

namespace morgana::host {
namespace {

bool is_wanted(const Arguments& arguments, const std::string& stage) {
  return arguments.operands().empty() || stage.find(arguments.operand(0)) != std::string::npos;
}

void print_json(const Arguments& arguments, const Catalog& catalog) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& [name, entry] : catalog.stages())
    if (is_wanted(arguments, name))
      list.push_back({{"stage", name},
                      {"doc", entry.stage->doc},
                      {"plugin", entry.plugin->name},
                      {"version", entry.plugin->version},
                      {"library", entry.plugin->library.string()}});
  print(list.dump(2) + "\n");
}

void print_text(const Arguments& arguments, const Catalog& catalog) {
  std::size_t width = 0;
  for (const auto& [name, entry] : catalog.stages())
    if (is_wanted(arguments, name)) width = std::max(width, name.size());
  for (const auto& [name, entry] : catalog.stages())
    if (is_wanted(arguments, name))
      print(inked(stdout, Ink::kBold, fmt::format("{:<{}}", name, width)) + "  " + entry.stage->doc + "\n");
}

/// Says why nothing is listed, where no refusal does.
void explain_nothing(const Arguments& arguments, const Catalog& catalog) {
  if (catalog.files().empty())
    return print_warning("no plugin was found; morgana doctor shows where it was looked for");
  const auto names = catalog.stage_names();
  if (std::none_of(names.begin(), names.end(), [&](const auto& name) { return is_wanted(arguments, name); }))
    print_warning(arguments.operands().empty() ? std::string("the plugins that were found have no stages")
                                               : fmt::format("no stage has \"{}\" in its name{}", arguments.operand(0),
                                                             did_you_mean(arguments.operand(0), names)));
}

int list(const Arguments& arguments) {
  const auto catalog = catalog_of(arguments, Refusals::kKeep);
  if (arguments.has("json")) print_json(arguments, *catalog);
  else print_text(arguments, *catalog);
  const auto refusals = catalog->refusals();
  for (const auto& refusal : refusals) print_error(refusal.library().string(), refusal.cause(), refusal.hint());
  if (refusals.empty()) explain_nothing(arguments, *catalog);
  return refusals.empty() ? kDone : kPluginFailed;
}

}  // namespace

Verb list_verb() {
  return {
      .name = "list",
      .summary = "list the stages that the installed plugins offer",
      .description =
          "Prints each stage with what it does. Only the plugins' manifests are read; a library that has none, or one "
          "that does not fit it, is an error, and the others are listed all the same.",
      .operands = {{Operand::Count::kOptional, "WORD", "list only the stages whose name contains it"}},
      .options = {plugin_path_option(), json_option()},
      .examples = "morgana list\nmorgana list train.\nmorgana list --plugin-path ~/my-plugins --json",
      .run = list};
}

}  // namespace morgana::host
