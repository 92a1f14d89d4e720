// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "cache/durable.hpp"
#include "cli/request.hpp"
#include "cli/stage_text.hpp"
#include "cli/terminal.hpp"

namespace morgana::host {
namespace {

std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
  for (auto& c : text)
    if (c == '\n') c = ' ';
  return text;
}

std::string port_table(const char* title, const std::vector<PortManifest>& ports, bool inputs) {
  if (ports.empty()) return "";
  std::string text = fmt::format("\n## {}\n| name | type | |\n|---|---|---|\n", title);
  for (const auto& port : ports)
    text += fmt::format("| `{}` | {}{} | {} |\n", port.name, port.type, inputs ? need_text(port) : "", cell(port.doc));
  return text;
}

std::string page(const CatalogStage& entry) {
  const auto& [plugin, stage] = entry;
  std::string text = fmt::format("# {}\n{}\n\nPlugin `{}` {}.", stage->name, stage->doc, plugin->name, plugin->version);
  if (const auto traits = traits_text(*stage); !traits.empty()) text += fmt::format(" This stage {}.", traits);
  text += "\n" + port_table("Inputs", stage->inputs, true) + port_table("Outputs", stage->outputs, false);
  if (stage->parameters.empty()) return text;
  text += "\n## Parameters\n| name | type | default | |\n|---|---|---|---|\n";
  for (const auto& parameter : stage->parameters)
    text +=
        fmt::format("| `{}` | {} | {} | {}{} |\n", parameter.name, cell(type_text(parameter)),
                    parameter.value ? "`" + cell(value_text(*parameter.value)) + "`" : "to be set", cell(parameter.doc),
                    parameter.origin.empty() ? "" : " *Default from: " + cell(parameter.origin) + ".*");
  return text;
}

int write_reference(const Arguments& arguments) {
  const auto catalog = catalog_of(arguments);
  const std::filesystem::path folder = arguments.operand(0);
  make_folders(folder);
  std::string index =
      "# Stages\nWritten by `morgana reference` from what the stages declare; not to be edited by hand.\n\n| stage | "
      "|\n|---|---|\n";
  for (const auto& [name, entry] : catalog->stages()) {
    write_whole_file(folder / (name + ".md"), page(entry));
    index += fmt::format("| [{0}]({0}.md) | {1} |\n", name, cell(entry.stage->doc));
  }
  write_whole_file(folder / "README.md", index);
  print(fmt::format("{} pages in {}\n", catalog->stages().size() + 1, folder.string()));
  return kDone;
}

}  // namespace

Verb reference_verb() {
  return {
      .name = "reference",
      .summary = "write a page of documentation for each stage",
      .description =
          "Writes one Markdown page a stage, with its ports and parameters, and a README.md that lists them, from the "
          "manifests of the installed plugins. docs/reference is made this way.",
      .operands = {{.name = "FOLDER", .doc = "where the pages go; made where it is not there"}},
      .options = {plugin_path_option()},
      .examples = "morgana reference docs/reference",
      .run = write_reference};
}

}  // namespace morgana::host
