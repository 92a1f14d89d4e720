// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "pipeline/nearest.hpp"
#include "pipeline/pipeline.hpp"

namespace morgana::host {
namespace {

JsonValue value_of(const std::string& text, Position position) {
  Faults not_json;
  auto value = parse_json(text, not_json);
  if (!not_json.empty()) value.value = text;
  value.position = position;
  return value;
}

NodeText* find_node(Pipeline& pipeline, const std::string& name) {
  for (auto& node : pipeline.nodes)
    if (node.name.text == name) return &node;
  return nullptr;
}

std::vector<std::string> node_names(const Pipeline& pipeline) {
  std::vector<std::string> names;
  for (const auto& node : pipeline.nodes) names.push_back(node.name.text);
  return names;
}

/// Reads `[generator=ddpm,encoder=encode.gasf]` off the end of a node's name.
bool take_conditions(std::string& node, Setting& setting) {
  const auto bracket = node.find('[');
  if (bracket == std::string::npos) return true;
  if (node.back() != ']') return false;
  std::string rest = node.substr(bracket + 1, node.size() - bracket - 2);
  node.resize(bracket);
  while (!rest.empty()) {
    const auto end = std::min(rest.find(','), rest.size());
    const auto part = rest.substr(0, end);
    rest.erase(0, end + 1);
    const auto equals = part.find('=');
    if (equals == std::string::npos) return false;
    setting.conditions.push_back({{part.substr(0, equals), setting.name.position}, part.substr(equals + 1)});
  }
  return true;
}

class Override {
 public:
  Override(Pipeline& pipeline, Position position, Faults& faults)
      : pipeline_(pipeline), position_(position), faults_(faults) {}

  void apply(const std::string& text) {
    // Behind a node, brackets hold conditions, which have equals signs of their own.
    const auto first = text.find_first_of("[=");
    const bool has_conditions = first != std::string::npos && text[first] == '[';
    const auto equals = text.find('=', has_conditions ? std::min(text.find(']', first), text.size()) : 0);
    if (equals == std::string::npos || equals == 0) return fault("it has no value", "write --set node.parameter=value");
    const auto target = text.substr(0, equals);
    auto value = value_of(text.substr(equals + 1), position_);
    if (target == "seed") return set_seed(value);
    if (target.starts_with("vary.")) return set_variable(target.substr(5), value);
    const auto dot = target.find('.', target.find(']') == std::string::npos ? 0 : target.find(']'));
    if (dot == std::string::npos) return fault("it names no parameter", "write --set node.parameter=value");
    set_parameter(target.substr(0, dot), {{target.substr(dot + 1), position_}, std::move(value)});
  }

 private:
  void fault(std::string text, std::string hint = "") { faults_.add(position_, std::move(text), std::move(hint)); }

  void set_seed(const JsonValue& value) {
    const auto* number = value.as<std::int64_t>();
    if (number == nullptr || *number < 0)
      return fault(fmt::format("\"seed\" is a whole number of at least 0, not {}", text_of(value)));
    pipeline_.seed = static_cast<std::uint64_t>(*number);
  }

  void set_variable(const std::string& name, const JsonValue& value) {
    std::vector<std::string> names;
    for (auto& variable : pipeline_.variables) {
      names.push_back(variable.name.text);
      if (variable.name.text != name) continue;
      const auto* list = value.as<JsonValue::List>();
      if (list != nullptr && list->empty()) return fault(fmt::format("variable \"{}\" takes at least one value", name));
      variable.values = list != nullptr ? *list : JsonValue::List{value};
      for (auto& element : variable.values) element.position = position_;
      for (auto& text : faults_of_values(name, variable.values)) fault(std::move(text.second));
      return;
    }
    fault(fmt::format("the pipeline varies no \"{}\"{}", name, did_you_mean(name, names)));
  }

  void set_parameter(std::string name, Setting setting) {
    if (!take_conditions(name, setting))
      return fault("what stands in brackets is not variable=value",
                   "write --set \"node[variable=value].parameter=value\"");
    auto* node = find_node(pipeline_, name);
    if (node == nullptr)
      return fault(fmt::format("the pipeline has no node \"{}\"{}", name, did_you_mean(name, node_names(pipeline_))));
    node->settings.push_back(std::move(setting));
  }

  Pipeline& pipeline_;
  Position position_;
  Faults& faults_;
};

}  // namespace

void apply_overrides(Pipeline& pipeline, const std::vector<std::string>& overrides, Faults& faults) {
  for (std::size_t i = 0; i < overrides.size(); ++i)
    Override(pipeline, {0, static_cast<int>(i) + 1}, faults).apply(overrides[i]);
}

}  // namespace morgana::host
