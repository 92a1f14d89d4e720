// SPDX-License-Identifier: Apache-2.0
#include "graph/drawing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace morgana::host {
namespace {

std::string variables_text(const PlannedNode& node) {
  std::string text;
  for (const auto& [name, value] : node.variables)
    text.append(text.empty() ? "" : ", ").append(name).append("=").append(value);
  return text;
}

std::string label_of(const PlannedEdge& edge) {
  return edge.port == edge.input ? edge.port : edge.port + " -> " + edge.input;
}

Drawing each(const Plan& plan) {
  Drawing drawing;
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const auto& node = plan.nodes[i];
    const auto& stage = node.stage->name;
    drawing.boxes.push_back({node.base_name, stage, stage.substr(0, stage.find('.')), variables_text(node)});
    for (const auto& edge : node.edges) drawing.lines.push_back({edge.from, i, label_of(edge)});
  }
  return drawing;
}

Drawing folded(const Plan& plan) {
  struct Group {
    std::size_t box, copies = 0;
    std::vector<std::string> stages;
  };
  std::map<std::string, Group> groups;
  Drawing drawing;
  for (const auto& node : plan.nodes) {
    const auto [group, is_new] = groups.try_emplace(node.base_name, Group{drawing.boxes.size(), 0, {}});
    const auto& stage = node.stage->name;
    if (is_new) drawing.boxes.push_back({node.base_name, "", stage.substr(0, stage.find('.')), ""});
    auto& [box, copies, stages] = group->second;
    ++copies;
    if (std::find(stages.begin(), stages.end(), stage) == stages.end()) stages.push_back(stage);
    for (const auto& edge : node.edges) {
      const Line line{groups.at(plan.nodes[edge.from].base_name).box, box, label_of(edge)};
      if (std::none_of(drawing.lines.begin(), drawing.lines.end(), [&](const Line& known) {
            return known.from == line.from && known.to == line.to && known.label == line.label;
          }))
        drawing.lines.push_back(line);
    }
  }
  for (const auto& [name, group] : groups) {
    auto& box = drawing.boxes[group.box];
    box.stage = group.stages[0];
    for (std::size_t i = 1; i < std::min<std::size_t>(group.stages.size(), 2); ++i) box.stage += ", " + group.stages[i];
    if (group.stages.size() > 2) box.stage += fmt::format(" +{}", group.stages.size() - 2);
    if (group.copies > 1) box.note = fmt::format("{} copies", group.copies);
  }
  return drawing;
}

}  // namespace

Drawing drawing_of(const Plan& plan, Copies copies) { return copies == Copies::kEach ? each(plan) : folded(plan); }

std::string graph_text(const Plan& plan, Copies copies) {
  const auto drawing = drawing_of(plan, copies);
  std::string text;
  for (std::size_t i = 0; i < drawing.boxes.size(); ++i) {
    const auto& box = drawing.boxes[i];
    text += box.name + (box.note.empty() ? "" : " [" + box.note + "]") + "  " + box.stage + "\n";
    for (const auto& line : drawing.lines) {
      if (line.to != i) continue;
      const auto& from = drawing.boxes[line.from];
      text += fmt::format("  <- {}{}: {}\n", from.name, from.note.empty() ? "" : " [" + from.note + "]", line.label);
    }
  }
  return text;
}

namespace {

/// Text inside DOT's quotes.
std::string in_dot_quotes(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

}  // namespace

std::string graph_dot(const Plan& plan, Copies copies) {
  const auto drawing = drawing_of(plan, copies);
  std::string text = "digraph pipeline {\n  rankdir=LR\n  node [shape=box, style=rounded, fontname=\"sans-serif\"]\n";
  for (std::size_t i = 0; i < drawing.boxes.size(); ++i) {
    const auto& box = drawing.boxes[i];
    text += fmt::format("  n{} [label=\"{}\\n{}{}\"]\n", i, in_dot_quotes(box.name), box.stage,
                        box.note.empty() ? "" : "\\n" + in_dot_quotes(box.note));
  }
  for (const auto& line : drawing.lines)
    text += fmt::format("  n{} -> n{} [label=\"{}\"]\n", line.from, line.to, in_dot_quotes(line.label));
  return text + "}\n";
}

}  // namespace morgana::host
