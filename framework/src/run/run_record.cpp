// SPDX-License-Identifier: Apache-2.0
#include "run/run_record.hpp"

#include <algorithm>
#include <type_traits>

#include "graph/product_places.hpp"
#include "morgana/version.hpp"
#include "run/json_text.hpp"
#include "run/machine.hpp"
#include "run/node_key.hpp"
#include "run/products.hpp"

namespace morgana::host {
namespace {

using nlohmann::ordered_json;

void write_file(JsonText& json, const StoredFile& file, const std::string& place) {
  json.begin_object(file.name);
  json.member("bytes", file.bytes).member("sha256", file.sha256).member("file", place);
  json.end_object();
}

void write_parameters(JsonText& json, const PlannedNode& node) {
  json.begin_object("parameters");
  for (const auto& parameter : node.parameters)
    std::visit(
        [&](const auto& value) {
          using T = std::decay_t<decltype(value)>;
          if constexpr (std::is_same_v<T, std::string>) json.member(parameter.info->name, std::string_view(value));
          else json.member(parameter.info->name, value);
        },
        parameter.value);
  json.end_object();
}

void write_node(JsonText& json, const PlannedNode& node, const NodeOutcome& outcome) {
  json.begin_object();
  json.member("name", node.name).member("stage", node.stage->name).member("status", name_of(outcome.status));
  json.member("reason", outcome.reason).member("key", outcome.key);
  if (!outcome.error.empty()) json.member("error", outcome.error);
  if (!outcome.hint.empty()) json.member("hint", outcome.hint);
  if (!node.variables.empty()) {
    json.begin_object("variables");
    for (const auto& [name, value] : node.variables) json.member(name, value);
    json.end_object();
  }
  if (node.stage->parallel) json.member("threads", outcome.threads);
  if (node.stage->accelerated) json.member("device", outcome.device);
  if (node.stage->seeded) json.member("seed", node.seed);
  if (outcome.entry) {
    const auto& entry = *outcome.entry;
    if (outcome.status == NodeStatus::kDone) json.member("started", rounded_milliseconds(outcome.started));
    json.member("seconds", rounded_milliseconds(entry.seconds)).member("peak_memory_bytes", entry.peak_memory);
    json.begin_object("outputs");
    for (const auto& file : entry.outputs) write_file(json, file, "values/" + link_name(node.name, file));
    json.end_object();
    if (!entry.products.empty()) {
      json.begin_object("products");
      for (const auto& file : entry.products) write_file(json, file, product_place(node, file.name, "").string());
      json.end_object();
    }
  }
  write_parameters(json, node);
  json.end_object();
}

void write_plugins(JsonText& json, const Plan& plan) {
  std::vector<const PluginManifest*> plugins;
  const auto add = [&](const PluginManifest* plugin) {
    if (std::find(plugins.begin(), plugins.end(), plugin) == plugins.end()) plugins.push_back(plugin);
  };
  for (const auto& node : plan.nodes) {
    add(node.plugin);
    for (const auto* plugin : node.codecs) add(plugin);
  }
  json.begin_object("plugins");
  for (const auto* plugin : plugins) {
    json.begin_object(plugin->name).member("version", plugin->version);
    json.member("library", plugin->library.string()).member("build_id", plugin->build_id);
    json.member("abi", plugin->abi).end_object();
  }
  json.end_object();
}

void write_facts(JsonText& json, const Plan& plan, const RunRecordFacts& facts) {
  const auto machine = this_machine();
  json.member("morgana", "run/1").member("pipeline", plan.file.string()).member("status", facts.status);
  json.member("started", facts.started)
      .member("seconds", rounded_milliseconds(facts.seconds))
      .member("seed", plan.seed);
  json.member("command", facts.command);
  json.begin_object("versions").member("morgana", facts.version);
  json.member("sdk", std::to_string(MORGANA_SDK_MAJOR) + "." + std::to_string(MORGANA_SDK_MINOR)).end_object();
  json.begin_object("machine").member("processor", machine.processor).member("threads", machine.threads);
  json.member("memory_bytes", machine.memory).member("system", machine.system);
  // Asked only where a node may use one: it starts the driver.
  if (std::any_of(plan.nodes.begin(), plan.nodes.end(), may_use_gpu)) {
    json.member("gpus", gpus().names);
    if (!gpus().unusable.empty()) json.member("gpus_unusable", gpus().unusable);
  }
  json.end_object();
  json.begin_object("limits").member("threads", facts.limits.threads).member("jobs", facts.limits.jobs);
  json.member("memory_bytes", facts.limits.memory).member("gpus", facts.limits.gpus).end_object();
  json.member("cache", facts.cache);
}

}  // namespace

std::string event_line(double time, const char* event, const std::string& node, const ordered_json& more) {
  ordered_json line{{"time", rounded_milliseconds(time)}, {"event", event}};
  if (!node.empty()) line["node"] = node;
  if (more.is_object()) line.update(more);
  return line.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

std::string run_record(const Plan& plan, const RunRecordFacts& facts, const RunOutcome* outcome) {
  JsonText json(JsonText::Layout::kIndented);
  json.begin_object();
  write_facts(json, plan, facts);
  write_plugins(json, plan);
  json.begin_array("nodes");
  if (outcome != nullptr)
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) write_node(json, plan.nodes[i], outcome->nodes[i]);
  json.end_array().end_object();
  return json.text() + '\n';
}

}  // namespace morgana::host
