// SPDX-License-Identifier: Apache-2.0
#include "plugin/manifest_json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cache/json_file.hpp"
#include "cache/plain_words.hpp"
#include "plugin/plugin_fault.hpp"

namespace morgana::host {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema = "morgana.manifest/1";

constexpr ParameterType kParameterTypes[] = {
    ParameterType::kInteger, ParameterType::kReal,      ParameterType::kBoolean,    ParameterType::kString,
    ParameterType::kChoice,  ParameterType::kInputPath, ParameterType::kOutputPath, ParameterType::kIntegers,
    ParameterType::kReals,   ParameterType::kStrings};

ParameterType parameter_type(const std::string& name) {
  for (const auto type : kParameterTypes)
    if (name == name_of(type)) return type;
  throw Error("\"{}\" is no type of a parameter", name);
}

Json json_of(const ParameterValue& value) {
  return std::visit([](const auto& held) { return Json(held); }, value);
}

/// The value in the type that was declared: a real that is whole may be written without a point.
ParameterValue value_of(ParameterType type, const Json& json) {
  switch (type) {
    case ParameterType::kInteger:
      return json.get<std::int64_t>();
    case ParameterType::kReal:
      return json.get<double>();
    case ParameterType::kBoolean:
      return json.get<bool>();
    case ParameterType::kIntegers:
      return json.get<std::vector<std::int64_t>>();
    case ParameterType::kReals:
      return json.get<std::vector<double>>();
    case ParameterType::kStrings:
      return json.get<std::vector<std::string>>();
    default:
      return json.get<std::string>();
  }
}

Json json_of(const ParameterInfo& info) {
  Json json{{"name", info.name}, {"type", name_of(info.type)}};
  if (info.value) json["default"] = json_of(*info.value);
  if (!info.unit.empty()) json["unit"] = info.unit;
  if (info.min) json["min"] = *info.min;
  if (info.max) json["max"] = *info.max;
  if (!info.choices.empty()) json["choices"] = info.choices;
  json["doc"] = info.doc;
  if (!info.origin.empty()) json["origin"] = info.origin;
  return json;
}

ParameterInfo parameter_of(const Json& json) {
  ParameterInfo info;
  info.name = json.at("name");
  info.type = parameter_type(json.at("type"));
  if (json.contains("default")) info.value = value_of(info.type, json["default"]);
  info.unit = json.value("unit", "");
  if (json.contains("min")) info.min = json["min"].get<double>();
  if (json.contains("max")) info.max = json["max"].get<double>();
  info.choices = json.value("choices", std::vector<std::string>{});
  info.doc = json.value("doc", "");
  info.origin = json.value("origin", "");
  return info;
}

Json json_of(const PortManifest& port, bool input) {
  Json json{{"name", port.name}, {"type", port.type}, {"extension", port.extension}, {"doc", port.doc}};
  if (input) json["required"] = port.required, json["many"] = port.many;
  return json;
}

PortManifest port_of(const Json& json) {
  return {json.at("name"),          json.at("type"), json.at("extension"), json.at("doc"), json.value("required", true),
          json.value("many", false)};
}

Json json_of(const StageManifest& stage) {
  Json json{{"name", stage.name},         {"doc", stage.doc},
            {"seeded", stage.seeded},     {"accelerated", stage.accelerated},
            {"parallel", stage.parallel}, {"reports_run", stage.reports_run},
            {"checks", stage.checks},     {"inputs", Json::array()},
            {"outputs", Json::array()},   {"parameters", Json::array()}};
  for (const auto& port : stage.inputs) json["inputs"].push_back(json_of(port, true));
  for (const auto& port : stage.outputs) json["outputs"].push_back(json_of(port, false));
  for (const auto& parameter : stage.parameters) json["parameters"].push_back(json_of(parameter));
  return json;
}

StageManifest stage_of(const Json& json) {
  StageManifest stage;
  stage.name = json.at("name");
  stage.doc = json.at("doc");
  for (const auto& port : json.at("inputs")) stage.inputs.push_back(port_of(port));
  for (const auto& port : json.at("outputs")) stage.outputs.push_back(port_of(port));
  for (const auto& parameter : json.at("parameters")) stage.parameters.push_back(parameter_of(parameter));
  stage.seeded = json.at("seeded");
  stage.accelerated = json.at("accelerated");
  stage.parallel = json.at("parallel");
  stage.reports_run = json.at("reports_run");
  stage.checks = json.at("checks");
  return stage;
}

PluginManifest manifest_of(const Json& json, const std::filesystem::path& folder) {
  if (!json.is_object() || json.value("schema", Json()) != kSchema)
    throw Error("it is no manifest of a plugin: its schema is not {}", kSchema);
  PluginManifest manifest;
  manifest.library = folder / json.at("library").get<std::string>();
  manifest.name = json.at("name");
  manifest.version = json.at("version");
  manifest.doc = json.at("doc");
  manifest.abi = json.at("abi");
  manifest.sdk = json.at("sdk");
  manifest.build_id = json.at("build_id");
  for (const auto& stage : json.at("stages")) manifest.stages.push_back(stage_of(stage));
  manifest.codecs = json.at("codecs").get<std::vector<std::string>>();
  return manifest;
}

}  // namespace

std::string manifest_json(const PluginManifest& manifest) {
  Json json{{"schema", kSchema},         {"library", manifest.library.filename().string()},
            {"name", manifest.name},     {"version", manifest.version},
            {"doc", manifest.doc},       {"abi", manifest.abi},
            {"sdk", manifest.sdk},       {"build_id", manifest.build_id},
            {"codecs", manifest.codecs}, {"stages", Json::array()}};
  for (const auto& stage : manifest.stages) json["stages"].push_back(json_of(stage));
  return json.dump(2) + "\n";
}

std::string stage_json(const StageManifest& stage, const PluginManifest& plugin) {
  Json json = json_of(stage);
  json["plugin"] = plugin.name;
  json["version"] = plugin.version;
  json["library"] = plugin.library.string();
  return json.dump(2) + "\n";
}

PluginManifest read_manifest(const std::filesystem::path& file) {
  try {
    return manifest_of(json_in(file), file.parent_path());
  } catch (const std::exception& exception) {
    auto library = file;
    throw PluginFault(file, Error("the manifest is damaged: {}", plain_words(exception))
                                .hint("make it again: morgana manifest " + library.replace_extension(".so").string()));
  }
}

}  // namespace morgana::host
