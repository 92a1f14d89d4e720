// SPDX-License-Identifier: Apache-2.0
#include "graph/edges.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/nearest.hpp"

namespace morgana::host {
namespace {

const PortManifest* find_port(const std::vector<PortManifest>& ports, const std::string& name) {
  for (const auto& port : ports)
    if (port.name == name) return &port;
  return nullptr;
}

std::vector<std::string> names_of(const std::vector<PortManifest>& ports) {
  std::vector<std::string> names;
  names.reserve(ports.size());
  for (const auto& port : ports) names.push_back(port.name);
  return names;
}

class Connector {
 public:
  Connector(const Expansion& expansion, std::vector<PlannedNode>& nodes, Faults& faults)
      : expansion_(expansion), nodes_(nodes), faults_(faults) {}

  void connect(std::size_t index) {
    copy_ = &expansion_.copies()[index];
    node_ = &nodes_[index];
    if (node_->stage == nullptr) return;  // nothing is known of its ports
    for (const auto& connection : copy_->text->connections) check_port(connection);
    for (const auto& input : node_->stage->inputs) {
      const auto* connection = find_connection(input.name);
      if (connection != nullptr && !connection->sources.empty()) edges(input, *connection);
      else if (input.required)
        fault(
            connection != nullptr ? connection->port.position : copy_->text->name.position,
            fmt::format("input \"{}\" of {} takes {} and is not connected", input.name, node_->stage->name, input.type),
            fmt::format("add \"{}\": {{ \"{}\": \"node.port\" }}", input.many ? "gather" : "in", input.name));
    }
  }

 private:
  void fault(Position position, std::string text, std::string hint = "") {
    faults_.add({position, copy_->text->name.text, std::move(text), std::move(hint)});
  }

  const Connection* find_connection(const std::string& port) const {
    for (const auto& connection : copy_->text->connections)
      if (connection.port.text == port) return &connection;
    return nullptr;
  }

  void check_port(const Connection& connection) {
    const auto& [name, position] = connection.port;
    const auto* port = find_port(node_->stage->inputs, name);
    if (port == nullptr)
      return fault(position, fmt::format("{} has no input \"{}\"{}", node_->stage->name, name,
                                         did_you_mean(name, names_of(node_->stage->inputs))));
    if (connection.gather && !port->many)
      fault(position, fmt::format("input \"{}\" takes one value, so it cannot gather", name),
            "connect it under \"in\"");
    if (!connection.gather && port->many)
      fault(position, fmt::format("input \"{}\" takes many values", name), "connect it under \"gather\"");
    if (find_connection(name) != &connection)
      fault(position, fmt::format("input \"{}\" is connected under \"in\" and under \"gather\"", name));
  }

  void edges(const PortManifest& input, const Connection& connection) {
    for (const auto& word : connection.sources) {
      const auto source = source_of(substituted(word.text, copy_->variables));
      if (!source) continue;  // found by the expansion
      for (const auto from : expansion_.matching(source->node, copy_->variables)) {
        if (!gives(input, *source, nodes_[from], word.position)) break;
        node_->edges.push_back({input.name, from, source->port});
        if (!connection.gather) break;
      }
    }
  }

  bool gives(const PortManifest& input, const Source& source, const PlannedNode& from, Position position) {
    if (from.stage == nullptr) return false;
    const auto text = source.node + "." + source.port;
    const auto* output = find_port(from.stage->outputs, source.port);
    if (output == nullptr) {
      fault(position, fmt::format("\"{}\": {} has no output \"{}\"{}", text, from.stage->name, source.port,
                                  did_you_mean(source.port, names_of(from.stage->outputs))));
      return false;
    }
    if (output->type != input.type)
      fault(position,
            fmt::format("input \"{}\" takes {}, but \"{}\" gives {}", input.name, input.type, text, output->type));
    return output->type == input.type;
  }

  const Expansion& expansion_;
  std::vector<PlannedNode>& nodes_;
  Faults& faults_;
  const NodeCopy* copy_ = nullptr;
  PlannedNode* node_ = nullptr;
};

}  // namespace

void connect(const Expansion& expansion, std::vector<PlannedNode>& nodes, Faults& faults) {
  Connector connector(expansion, nodes, faults);
  for (std::size_t index = 0; index < nodes.size(); ++index) connector.connect(index);
}

}  // namespace morgana::host
