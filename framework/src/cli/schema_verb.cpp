// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "cli/request.hpp"
#include "cli/stage_text.hpp"
#include "cli/terminal.hpp"
#include "pipeline/pipeline.hpp"

namespace morgana::host {
namespace {

using Json = nlohmann::ordered_json;

/// Any value may be a variable instead.
const Json kVariable{{"type", "string"}, {"pattern", "\\$\\{[A-Za-z0-9_-]+\\}"}};

Json schema_of_type(const ParameterInfo& parameter) {
  const auto number = [&](const char* type) {
    Json json{{"type", type}};
    if (parameter.min) json["minimum"] = *parameter.min;
    if (parameter.max) json["maximum"] = *parameter.max;
    return json;
  };
  const auto list = [](Json items) { return Json{{"type", "array"}, {"items", std::move(items)}}; };
  const Json text = parameter.choices.empty() ? Json{{"type", "string"}} : Json{{"enum", parameter.choices}};
  switch (parameter.type) {
    case ParameterType::kInteger:
      return number("integer");
    case ParameterType::kReal:
      return number("number");
    case ParameterType::kBoolean:
      return {{"type", "boolean"}};
    case ParameterType::kIntegers:
      return list(number("integer"));
    case ParameterType::kReals:
      return list(number("number"));
    case ParameterType::kStrings:
      return list(text);
    default:
      return text;
  }
}

Json schema_of(const ParameterInfo& parameter) {
  Json json{{"description", parameter.doc + " (" + type_text(parameter) + "; " + default_text(parameter) + ")"}};
  if (parameter.value) json["default"] = std::visit([](const auto& held) { return Json(held); }, *parameter.value);
  json["anyOf"] = {schema_of_type(parameter), kVariable};
  return json;
}

Json closed(Json properties) {
  return {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

/// What `set`, `in` and `gather` may hold where `use` names this stage.
Json rule_of(const StageManifest& stage) {
  Json set = Json::object(), in = Json::object(), gather = Json::object();
  for (const auto& parameter : stage.parameters) set[parameter.name] = schema_of(parameter);
  for (const auto& port : stage.inputs)
    (port.many ? gather : in)[port.name] = {{"description", port.doc + " (" + port.type + need_text(port) + ")"},
                                            {"$ref", port.many ? "#/$defs/sources" : "#/$defs/source"}};
  Json properties{{"in", closed(std::move(in))}, {"gather", closed(std::move(gather))}};
  properties["set"] = closed(std::move(set));
  // "generator=ddpm": { ... }: settings of some copies only.
  properties["set"]["patternProperties"] = {{"=", {{"type", "object"}}}};
  return {{"if", {{"properties", {{"use", {{"const", stage.name}}}}}}},
          {"then", {{"properties", std::move(properties)}}}};
}

Json stage_names(const Catalog& catalog) {
  Json names = Json::array();
  for (const auto& [name, entry] : catalog.stages())
    names.push_back({{"const", name}, {"description", entry.stage->doc}});
  names.push_back(kVariable);
  return names;
}

Json schema(const Catalog& catalog) {
  Json node{
      {"type", "object"},
      {"required", {"use"}},
      {"properties",
       {{"use", {{"description", "the stage"}, {"anyOf", stage_names(catalog)}}},
        {"set", {{"type", "object"}, {"description", "parameters"}}},
        {"in", {{"type", "object"}, {"description", "sources of inputs that take one value"}}},
        {"gather",
         {{"type", "object"}, {"description", "sources of inputs that take many: all copies of the nodes named"}}},
        {"device",
         {{"description", "where a stage that can runs"}, {"anyOf", {{{"enum", {"auto", "cpu", "cuda"}}}, kVariable}}}},
        {"threads",
         {{"description", "threads of this node"}, {"anyOf", {{{"type", "integer"}, {"minimum", 1}}, kVariable}}}},
        {"seed",
         {{"description", "in place of the pipeline's"},
          {"anyOf", {{{"type", "integer"}, {"minimum", 0}}, kVariable}}}}}},
      {"additionalProperties", false},
      {"allOf", Json::array()}};
  for (const auto& [name, entry] : catalog.stages()) node["allOf"].push_back(rule_of(*entry.stage));
  const Json source{{"type", "string"}, {"pattern", "^.+\\..+$"}, {"description", "node.port"}};
  return {
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"title", "A pipeline of Morgana"},
      {"type", "object"},
      {"required", {"schema", "nodes"}},
      {"properties",
       {{"$schema", {{"type", "string"}, {"description", "this schema's file, for an editor"}}},
        {"schema", {{"const", kPipelineSchema}}},
        {"about", {{"type", "string"}, {"description", "what the pipeline is for"}}},
        {"seed", {{"type", "integer"}, {"minimum", 0}, {"default", 0}, {"description", "of everything random"}}},
        {"vary",
         {{"type", "object"},
          {"description", "variables; each node is copied once a combination of those it depends on"},
          {"additionalProperties",
           {{"type", "array"}, {"minItems", 1}, {"items", {{"type", {"string", "number", "boolean"}}}}}}}},
        {"nodes", {{"type", "object"}, {"minProperties", 1}, {"additionalProperties", {{"$ref", "#/$defs/node"}}}}}}},
      {"additionalProperties", false},
      {"$defs",
       {{"source", source},
        {"sources", {{"anyOf", {source, {{"type", "array"}, {"items", source}}}}}},
        {"node", std::move(node)}}}};
}

int print_schema(const Arguments& arguments) {
  print(schema(*catalog_of(arguments)).dump(2) + "\n");
  return kDone;
}

}  // namespace

Verb schema_verb() {
  return {
      .name = "schema",
      .summary = "print the JSON Schema of a pipeline file",
      .description =
          "Prints a JSON Schema (draft 2020-12) of the pipeline format, with every stage, port and parameter of the "
          "installed plugins, so that an editor completes and checks pipelines while they are written. validate checks "
          "more than a schema can: names, types of edges, cycles, files.",
      .options = {plugin_path_option(), json_option("no effect: a schema is JSON already")},
      .examples = "morgana schema > morgana.schema.json",
      .run = print_schema};
}

}  // namespace morgana::host
