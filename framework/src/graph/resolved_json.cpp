// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "graph/load_plan.hpp"

namespace morgana::host {

using Json = nlohmann::ordered_json;

std::string resolved_json(const Plan& plan) {
  Json nodes = Json::object();
  for (const auto& node : plan.nodes) {
    Json json{{"use", node.stage->name}};
    if (!node.variables.empty()) json["variables"] = node.variables;
    for (const auto& parameter : node.parameters)
      json["set"][parameter.info->name] = std::visit([](const auto& held) { return Json(held); }, parameter.value);
    for (const auto& input : node.stage->inputs)
      for (const auto& edge : node.edges) {
        if (edge.input != input.name) continue;
        const auto source = plan.nodes[edge.from].name + "." + edge.port;
        if (input.many) json["gather"][edge.input].push_back(source);
        else json["in"][edge.input] = source;
      }
    if (node.stage->accelerated) json["device"] = node.device;
    if (node.threads) json["threads"] = *node.threads;
    if (node.stage->seeded) json["seed"] = node.seed;
    nodes[node.name] = std::move(json);
  }
  return Json{{"schema", "morgana.pipeline.resolved/1"},
              {"about", plan.about},
              {"seed", plan.seed},
              {"nodes", std::move(nodes)}}
             .dump(2) +
         "\n";
}

}  // namespace morgana::host
