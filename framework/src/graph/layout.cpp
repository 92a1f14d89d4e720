// SPDX-License-Identifier: Apache-2.0
#include "graph/layout.hpp"

#include <algorithm>
#include <numeric>

namespace morgana::host {
namespace {

constexpr int kSweeps = 8;

/// A box, or a place where a line passes a layer.
struct Vertex {
  std::size_t layer = 0;
  std::vector<std::size_t> before, behind;
  double place = 0;
};

double mean_place(const std::vector<Vertex>& vertices, const std::vector<std::size_t>& neighbours, double otherwise) {
  if (neighbours.empty()) return otherwise;
  double sum = 0;
  for (const auto index : neighbours) sum += vertices[index].place;
  return sum / static_cast<double>(neighbours.size());
}

void place_in_middle(std::vector<Vertex>& vertices, const std::vector<std::size_t>& layer, double slots) {
  const double first = (slots - static_cast<double>(layer.size())) / 2;
  for (std::size_t i = 0; i < layer.size(); ++i) vertices[layer[i]].place = first + static_cast<double>(i);
}

}  // namespace

Layout layout_of(const Drawing& drawing) {
  std::vector<Vertex> vertices(drawing.boxes.size());
  for (const auto& line : drawing.lines)  // lines stand in the order of the boxes they lead to
    vertices[line.to].layer = std::max(vertices[line.to].layer, vertices[line.from].layer + 1);

  std::vector<std::vector<std::size_t>> passed(drawing.lines.size());
  for (std::size_t i = 0; i < drawing.lines.size(); ++i) {
    const auto [from, to] = std::pair(drawing.lines[i].from, drawing.lines[i].to);
    std::size_t last = from;
    for (std::size_t layer = vertices[from].layer + 1; layer <= vertices[to].layer; ++layer) {
      const bool ends = layer == vertices[to].layer;
      const std::size_t next = ends ? to : vertices.size();
      if (!ends) {
        vertices.push_back({layer, {}, {}, 0});
        passed[i].push_back(next);
      }
      vertices[last].behind.push_back(next);
      vertices[next].before.push_back(last);
      last = next;
    }
  }

  Layout layout;
  for (const auto& vertex : vertices) layout.layers = std::max(layout.layers, vertex.layer + 1);
  std::vector<std::vector<std::size_t>> layers(layout.layers);
  for (std::size_t i = 0; i < vertices.size(); ++i) layers[vertices[i].layer].push_back(i);
  for (const auto& layer : layers) layout.slots = std::max(layout.slots, static_cast<double>(layer.size()));
  for (const auto& layer : layers) place_in_middle(vertices, layer, layout.slots);
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    const bool forwards = sweep % 2 == 0;
    for (std::size_t step = 0; step < layers.size(); ++step) {
      auto& layer = layers[forwards ? step : layers.size() - 1 - step];
      std::vector<double> wanted(vertices.size());
      for (const auto index : layer) {
        const auto& vertex = vertices[index];
        wanted[index] = mean_place(vertices, forwards ? vertex.before : vertex.behind, vertex.place);
      }
      std::stable_sort(layer.begin(), layer.end(), [&](auto a, auto b) { return wanted[a] < wanted[b]; });
      place_in_middle(vertices, layer, layout.slots);
    }
  }

  for (std::size_t i = 0; i < drawing.boxes.size(); ++i) layout.boxes.push_back({vertices[i].layer, vertices[i].place});
  for (const auto& bends : passed) {
    auto& spots = layout.bends.emplace_back();
    for (const auto index : bends) spots.push_back({vertices[index].layer, vertices[index].place});
  }
  return layout;
}

}  // namespace morgana::host
