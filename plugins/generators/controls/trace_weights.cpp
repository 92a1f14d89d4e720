// SPDX-License-Identifier: Apache-2.0
#include "trace_weights.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "morgana/error.hpp"

namespace morgana::controls {

void store_traces(const Traces& traces, std::size_t packets, Model& model) {
  std::vector<std::int64_t> offsets{0};
  std::vector<std::int32_t> labels;
  std::vector<std::vector<float>> channels(traces.table().channels.size());
  for (std::size_t row = 0; row < traces.size(); ++row) {
    if (traces.label(row) < 0) continue;
    const auto kept = std::min(packets, traces.packets(row));
    offsets.push_back(offsets.back() + static_cast<std::int64_t>(kept));
    labels.push_back(traces.label(row));
    for (std::size_t c = 0; c < channels.size(); ++c) {
      const auto values = traces.channel(c, row).first(kept);
      channels[c].insert(channels[c].end(), values.begin(), values.end());
    }
  }
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t c = 0; c < channels.size(); ++c) {
    const auto& channel = traces.table().channels[c];
    list.push_back({{"name", channel.name}, {"unit", channel.unit}});
    model.weights["channel." + channel.name] = Array::of(std::move(channels[c]));
  }
  model.weights["offsets"] = Array::of(std::move(offsets));
  model.weights["label"] = Array::of(std::move(labels));
  model.configuration = nlohmann::json{{"channels", list}, {"packets", packets}}.dump();
}

Traces stored_traces(const Model& model) {
  const auto array = [&](const std::string& name) -> const Array& {
    const auto found = model.weights.find(name);
    if (found == model.weights.end()) throw Error("the model holds no \"{}\"", name);
    return found->second;
  };
  TraceTable table;
  table.offsets.clear();
  for (const auto offset : array("offsets").as<std::int64_t>())
    table.offsets.push_back(static_cast<std::uint64_t>(offset));
  table.label = {model.class_names, array("label").to_vector<std::int32_t>()};
  const auto json = nlohmann::json::parse(model.configuration);
  for (const auto& channel : json.at("channels")) {
    const std::string name = channel.at("name");
    table.channels.push_back({name, channel.at("unit"), array("channel." + name).to_vector<float>()});
  }
  return Traces(std::move(table));
}

}  // namespace morgana::controls
