// SPDX-License-Identifier: Apache-2.0
#include "cli/request.hpp"
#include "cli/terminal.hpp"
#include "graph/picture.hpp"

namespace morgana::host {
namespace {

int graph(const Arguments& arguments) {
  const auto plan = plan_of(arguments, catalog_of(arguments));
  const auto copies = arguments.has("folded") ? Copies::kFolded : Copies::kEach;
  const auto format = arguments.value("format");
  if (arguments.has("json")) print(plan.resolved_json);
  else if (format == "svg") print(graph_svg(plan, copies));
  else if (format == "dot") print(graph_dot(plan, copies));
  else print(graph_text(plan, copies));
  return kDone;
}

}  // namespace

Verb graph_verb() {
  return {
      .name = "graph",
      .summary = "draw a pipeline as text, DOT or SVG",
      .description =
          "Prints the graph of a pipeline after its variables were multiplied out. As text, each node stands behind "
          "those it depends on, with the sources of its inputs. The SVG is drawn by Morgana itself and needs no other "
          "program; DOT is for Graphviz.",
      .operands = {pipeline_operand()},
      .options = {{.name = "format",
                   .argument = "FORMAT",
                   .doc = "what to print",
                   .fallback = "text",
                   .choices = {"text", "dot", "svg"}},
                  {.name = "folded", .doc = "draw the copies of a varied node as one"},
                  set_option(),
                  plugin_path_option(),
                  json_option("print the nodes and edges as JSON")},
      .examples =
          "morgana graph pipelines/quick.json\nmorgana graph pipelines/quick.json --format svg --folded > quick.svg",
      .run = graph};
}

}  // namespace morgana::host
