// SPDX-License-Identifier: Apache-2.0
#include "graph/expansion.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/nearest.hpp"

namespace morgana::host {
namespace {

/// More copies of one node than anybody means; the product of a few long lists is there quickly.
constexpr std::size_t kMostCopies = 100'000;

const Variable* find_variable(const Pipeline& pipeline, const std::string& name) {
  for (const auto& variable : pipeline.variables)
    if (variable.name.text == name) return &variable;
  return nullptr;
}

std::vector<std::string> variable_names(const Pipeline& pipeline) {
  std::vector<std::string> names;
  for (const auto& variable : pipeline.variables) names.push_back(variable.name.text);
  return names;
}

}  // namespace

std::optional<Source> source_of(const std::string& text) {
  const auto dot = text.rfind('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == text.size()) return std::nullopt;
  return Source{text.substr(0, dot), text.substr(dot + 1)};
}

Expansion::Expansion(const Pipeline& pipeline, Faults& faults) : pipeline_(pipeline), faults_(faults) {
  for (const auto& node : pipeline.nodes) states_[node.name.text].text = &node;
  for (const auto& node : pipeline.nodes) note_all(node);
  for (const auto& node : pipeline.nodes) visit(states_[node.name.text]);
  for (const auto& variable : pipeline.variables)
    if (!used_.contains(variable.name.text))
      faults.add(variable.name.position, fmt::format("no node uses the variable \"{}\"", variable.name.text),
                 fmt::format("write ${{{}}} where its values belong, or remove it", variable.name.text));
}

void Expansion::fault(const NodeText& node, Position position, std::string text, std::string hint) {
  faults_.add({position, node.name.text, std::move(text), std::move(hint)});
}

void Expansion::note(const NodeText& node, const std::string& text, Position position) {
  for (const auto& name : variables_in(text)) {
    if (find_variable(pipeline_, name) != nullptr) {
      used_.insert(name);
      states_[node.name.text].variables.insert(name);
    } else {
      fault(node, position,
            fmt::format("unknown variable \"{}\"{}", name, did_you_mean(name, variable_names(pipeline_))),
            pipeline_.variables.empty()
                ? "variables are declared under \"vary\"; an environment variable is written $NAME"
                : "");
    }
  }
}

void Expansion::note(const NodeText& node, const JsonValue& value) {
  if (const auto* text = value.as<std::string>()) note(node, *text, value.position);
  if (const auto* list = value.as<JsonValue::List>())
    for (const auto& element : *list) note(node, element);
}

void Expansion::note_all(const NodeText& node) {
  note(node, node.use.text, node.use.position);
  for (const auto& setting : node.settings) {
    note(node, setting.value);
    for (const auto& [variable, value] : setting.conditions) {
      note(node, "${" + variable.text + "}", variable.position);
      const auto* known = find_variable(pipeline_, variable.text);
      if (known == nullptr) continue;
      std::vector<std::string> texts;
      for (const auto& element : known->values) texts.push_back(variable_text(element));
      // An override of the variable may leave a value out; only what was never there is a slip.
      if (std::find(texts.begin(), texts.end(), value) == texts.end() && known->values.front().position.line != 0)
        fault(node, variable.position,
              fmt::format("variable \"{}\" has no value \"{}\"{}", variable.text, value, did_you_mean(value, texts)));
    }
  }
  for (const auto& connection : node.connections)
    for (const auto& source : connection.sources) note(node, source.text, source.position);
  if (node.device) note(node, node.device->text, node.device->position);
  if (node.threads) note(node, *node.threads);
  if (node.seed) note(node, *node.seed);
}

std::vector<std::string> Expansion::possible_nodes(const NodeText& node, const Word& source) {
  std::set<std::string> mentioned;
  for (auto& name : variables_in(source.text))
    if (find_variable(pipeline_, name) != nullptr) mentioned.insert(std::move(name));
  std::vector<std::string> nodes;
  if (count_of(mentioned) > kMostCopies) return nodes;  // `copy` says so
  for (const auto& values : combinations(mentioned)) {
    const auto text = substituted(source.text, values);
    const auto parts = source_of(text);
    if (!parts) {
      fault(node, source.position, fmt::format("\"{}\" is no source of an input", text), "write \"node.port\"");
    } else if (!states_.contains(parts->node)) {
      fault(node, source.position,
            fmt::format("there is no node \"{}\"{}", parts->node, did_you_mean(parts->node, node_names())));
    } else if (std::find(nodes.begin(), nodes.end(), parts->node) == nodes.end()) {
      nodes.push_back(parts->node);
    }
  }
  return nodes;
}

void Expansion::visit(State& state) {
  if (state.visit == Visit::kDone) return;
  if (state.visit == Visit::kNow) {
    std::string circle;
    const auto begin = std::find(path_.begin(), path_.end(), state.text);
    for (auto node = begin; node != path_.end(); ++node) circle += (*node)->name.text + " -> ";
    return fault(*state.text, state.text->name.position, "it depends on itself: " + circle + state.text->name.text);
  }
  state.visit = Visit::kNow;
  path_.push_back(state.text);
  for (const auto& connection : state.text->connections)
    for (const auto& source : connection.sources)
      for (const auto& name : possible_nodes(*state.text, source)) {
        auto& other = states_[name];
        visit(other);
        if (!connection.gather) state.variables.insert(other.variables.begin(), other.variables.end());
      }
  path_.pop_back();
  state.visit = Visit::kDone;
  copy(state);
}

void Expansion::copy(State& state) {
  if (count_of(state.variables) > kMostCopies)
    return fault(*state.text, state.text->name.position,
                 fmt::format("it would be copied more than {} times", kMostCopies),
                 "use fewer variables in one node, or fewer values");
  for (auto& values : combinations(state.variables)) {
    const auto text = text_of(values);
    state.copies.push_back(copies_.size());
    state.by_combination[text] = copies_.size();
    copies_.push_back({state.text, std::move(values), state.text->name.text + (text.empty() ? "" : "[" + text + "]")});
  }
}

std::size_t Expansion::count_of(const std::set<std::string>& variables) const {
  std::size_t count = 1;
  for (const auto& name : variables)
    if (count <= kMostCopies) count *= find_variable(pipeline_, name)->values.size();
  return count;
}

std::vector<Combination> Expansion::combinations(const std::set<std::string>& variables) const {
  std::vector<Combination> all{{}};
  for (const auto& variable : pipeline_.variables) {  // the file's order: its first variable changes slowest
    if (!variables.contains(variable.name.text)) continue;
    std::vector<Combination> longer;
    longer.reserve(all.size() * variable.values.size());
    for (const auto& values : all)
      for (const auto& value : variable.values) {
        longer.push_back(values);
        longer.back()[variable.name.text] = value;
      }
    all = std::move(longer);
  }
  return all;
}

std::vector<std::size_t> Expansion::matching(const std::string& node, const Combination& values) const {
  const auto found = states_.find(node);
  if (found == states_.end()) return {};
  const auto& state = found->second;
  const auto has_all = std::all_of(state.variables.begin(), state.variables.end(),
                                   [&](const auto& name) { return values.contains(name); });
  if (has_all) {  // the usual case, without a search
    Combination wanted;
    for (const auto& name : state.variables) wanted[name] = values.at(name);
    const auto copy = state.by_combination.find(text_of(wanted));
    return copy != state.by_combination.end() ? std::vector{copy->second} : std::vector<std::size_t>{};
  }
  std::vector<std::size_t> matches;
  for (const auto index : state.copies) {
    const auto& own = copies_[index].variables;
    if (std::all_of(own.begin(), own.end(), [&](const auto& entry) {
          const auto other = values.find(entry.first);
          return other == values.end() || variable_text(other->second) == variable_text(entry.second);
        }))
      matches.push_back(index);
  }
  return matches;
}

std::vector<std::string> Expansion::node_names() const {
  std::vector<std::string> names;
  for (const auto& node : pipeline_.nodes) names.push_back(node.name.text);
  return names;
}

}  // namespace morgana::host
