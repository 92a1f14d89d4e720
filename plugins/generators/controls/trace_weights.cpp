// SPDX-License-Identifier: Apache-2.0
#include "trace_weights.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "morgana/error.hpp"

namespace morgana::controls {

void store_traces(const Traces& traces, std::size_t packets, Model& model) {
  const auto labelled = traces.rows_where([](const TraceView& trace) { return !trace.label().empty(); });
  const auto kept = traces.first_packets(packets).select(labelled);
  nlohmann::json list = nlohmann::json::array();
  for (const auto& channel : kept.table().channels) {
    list.push_back({{"name", channel.name}, {"unit", channel.unit}});
    model.weights["channel." + channel.name] = Array::of(std::vector<float>(channel.values));
  }
  const auto& offsets = kept.table().offsets;
  model.weights["offsets"] = Array::of(std::vector<std::int64_t>(offsets.begin(), offsets.end()));
  model.weights["label"] = Array::of(std::vector<std::int32_t>(kept.table().label.id));
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
