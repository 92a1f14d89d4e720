// SPDX-License-Identifier: Apache-2.0
#include "run/node_key.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "cache/content.hpp"
#include "cache/sha256.hpp"
#include "morgana/error.hpp"
#include "run/value_table.hpp"

namespace morgana::host {
namespace {

std::string origin_text(const PlannedNode& from, const PlannedEdge& edge) {
  std::string text = fmt::format("{}[{}.{}", edge.input, from.base_name, edge.port);
  for (const auto& [name, value] : from.variables) text += fmt::format(" {}={}", name, value);
  return text + "]";
}

const PortManifest* input_of(const StageManifest& stage, const std::string& name) {
  const auto found =
      std::find_if(stage.inputs.begin(), stage.inputs.end(), [&](const auto& port) { return port.name == name; });
  return found == stage.inputs.end() ? nullptr : &*found;
}

void add_parameter(KeyMaterial& material, const PlannedParameter& parameter, InputContents& contents) {
  const auto& name = parameter.info->name;
  switch (parameter.info->type) {
    case ParameterType::kInputPath: {
      const auto& path = std::get<std::string>(parameter.value);
      try {
        material.add("file", name, path.empty() ? "" : contents.hash(path));
      } catch (const Error& error) {
        throw Error("parameter \"{}\": {}", name, error.what());
      }
      return;
    }
    case ParameterType::kOutputPath: {
      // Where the product goes changes nothing in it; its extension may name its format, and no path means no product.
      const std::filesystem::path path = std::get<std::string>(parameter.value);
      material.add("parameter", name, path.empty() ? "none" : "some" + path.extension().string());
      return;
    }
    default:
      material.add("parameter", name, text_of(parameter.value));
  }
}

}  // namespace

bool may_use_gpu(const PlannedNode& node) { return node.stage->accelerated && node.device != "cpu"; }

Placement placement_of(const PlannedNode& node, int threads) {
  return placement_of(node, threads, may_use_gpu(node) ? gpus() : Gpus());
}

Placement placement_of(const PlannedNode& node, int threads, const Gpus& gpus) {
  Placement placement;
  if (node.stage->parallel) placement.threads = std::clamp(node.threads.value_or(threads / 2), 1, threads);
  if (!may_use_gpu(node)) return placement;
  placement.cuda = gpus.usable();
  if (node.device != "cuda" || placement.cuda) return placement;
  if (gpus.names.empty())
    throw Error("there is no GPU: {}", gpus.fault)
        .hint("set \"device\": \"auto\" to take the CPU where there is no GPU, or \"cpu\"");
  throw Error("LibTorch cannot use the GPU: {}", gpus.unusable)
      .hint("install NVIDIA's libraries: scripts/setup --cuda; or set \"device\": \"auto\" to take the CPU meanwhile");
}

std::string text_of(const ParameterValue& value) {
  return std::visit(
      [](const auto& held) -> std::string {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<T, std::string>) return held;
        else if constexpr (std::is_arithmetic_v<T>) return fmt::format("{}", held);
        else return fmt::format("{}", held);  // a list, its texts quoted and escaped
      },
      value);
}

std::string InputContents::hash(const std::string& path) {
  Known* known = nullptr;
  {
    const std::lock_guard lock(mutex_);
    known = &known_[path];
  }
  const std::lock_guard lock(known->mutex);  // several nodes that read one file wait for one reading
  if (known->hash.empty()) known->hash = content_of(path, index_).sha256;
  return known->hash;
}

namespace {

/// A value with a codec runs the code of the library that made the codec, whichever library asks it: decode.traces
/// runs an encoder's.
void add_codecs(KeyMaterial& material, const Plan& plan, const PlannedNode& node) {
  const bool holds = std::any_of(node.edges.begin(), node.edges.end(), [&](const PlannedEdge& edge) {
    const auto* port = input_of(*node.stage, edge.input);
    return port == nullptr || may_hold_codec(port->type);
  });
  std::map<std::string, std::string> builds;
  const auto add_saved = [&](const PlannedNode& reader) {
    for (const auto* plugin : reader.codecs) builds.emplace(plugin->name, plugin->build_id);
  };
  add_saved(node);
  if (holds)
    for (const auto number : ancestors(plan, static_cast<std::size_t>(&node - plan.nodes.data()))) {
      if (const auto* plugin = plan.nodes[number].plugin; !plugin->codecs.empty())
        builds.emplace(plugin->name, plugin->build_id);
      add_saved(plan.nodes[number]);
    }
  for (const auto& [name, build] : builds) material.add("codec", name, build);
}

}  // namespace

KeyMaterial material_of(const Plan& plan, const PlannedNode& node, const std::vector<std::string>& input_hashes,
                        const Placement& placement, InputContents& contents) {
  KeyMaterial material;
  material.parts.reserve(4 + node.parameters.size() + node.edges.size());
  material.add("stage", "", node.stage->name);
  material.add("plugin", "", node.plugin->build_id);
  material.add("sdk", "", fmt::format("{}.{}", MORGANA_SDK_MAJOR, MORGANA_SDK_MINOR));
  add_codecs(material, plan, node);
  for (const auto& parameter : node.parameters) add_parameter(material, parameter, contents);
  if (node.stage->seeded) material.add("seed", "", fmt::format("{}", node.seed));
  if (node.stage->accelerated) material.add("device", "", placement.cuda ? "cuda" : "cpu");
  if (node.stage->parallel) material.add("threads", "", fmt::format("{}", placement.threads));
  if (node.stage->reports_run) material.add("run", "pipeline", sha256_of(plan.resolved_json));
  for (std::size_t i = 0; i < node.edges.size(); ++i) {
    const auto& edge = node.edges[i];
    if (input_hashes[i].empty()) continue;
    const auto* port = input_of(*node.stage, edge.input);
    const bool gathers = port != nullptr && port->many;
    // Only a gathering input learns where its values come from.
    material.add("input", gathers ? origin_text(plan.nodes[edge.from], edge) : edge.input, input_hashes[i]);
  }
  return material;
}

}  // namespace morgana::host
