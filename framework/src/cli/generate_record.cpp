// SPDX-License-Identifier: Apache-2.0
#include "cli/generate_record.hpp"

#include <algorithm>
#include <fstream>

#include "cache/sha256.hpp"
#include "morgana/archive.hpp"
#include "morgana/error.hpp"
#include "morgana/traces.hpp"

namespace morgana::host {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

const json& node_of(const RecordedRun& run, const std::string& name) {
  for (const auto& node : run.record.at("nodes"))
    if (node.at("name") == name) return node;
  throw Error("the run has no node \"{}\"", name);
}

bool has_node(const RecordedRun& run, const std::string& name) {
  const auto& nodes = run.record.at("nodes");
  return std::any_of(nodes.begin(), nodes.end(), [&](const json& node) { return node.at("name") == name; });
}

/// The traces that were written: the decoder's, or the sampler's own.
std::shared_ptr<const Traces> traces_of(const RecordedRun& run) {
  for (const char* name : {"traffic", "sample"})
    if (has_node(run, name))
      for (const auto& [port, output] : node_of(run, name).at("outputs").items()) {
        const auto file = run.folder / output.at("file").get<std::string>();
        if (file.extension() == ".safetensors" && Archive::read(file).text_of("morgana").starts_with("traces/"))
          return Traces::load(file);
      }
  throw Error("the run kept no traces");
}

/// A stage with all that decides what it gives.
ordered_json stage_record(const json& node) {
  ordered_json record{{"stage", node.at("stage")}};
  for (const char* key : {"seed", "device", "threads"})
    if (node.contains(key)) record[key] = node.at(key);
  record["parameters"] = node.at("parameters");
  record["parameters"].erase("path");  // of the model and the output, which are told of apart
  return record;
}

/// The metrics that a node gave: the account of what was changed, derived or filled in.
ordered_json account_of(const RecordedRun& run, const json& node) {
  for (const auto& [port, output] : node.at("outputs").items()) {
    const auto file = run.folder / output.at("file").get<std::string>();
    if (file.extension() != ".json") continue;
    std::ifstream stream(file, std::ios::binary);
    const auto document = ordered_json::parse(stream, nullptr, false);
    if (!document.is_object() || document.value("morgana", "") != "metrics/1") continue;
    ordered_json account{{"notes", document.at("notes")}, {"metrics", ordered_json::array()}};
    for (const auto& metric : document.at("metrics")) {
      ordered_json line{{"name", metric.at("name")}, {"value", metric.at("value")}};
      for (const char* key : {"unit", "tags", "note"})
        if (metric.contains(key) && !metric.at(key).empty() && metric.at(key) != "") line[key] = metric.at(key);
      account["metrics"].push_back(line);
    }
    return account;
  }
  return nullptr;
}

ordered_json plugins_of(const RecordedRun& run) {
  ordered_json plugins = ordered_json::object();
  for (const auto& [name, plugin] : run.record.at("plugins").items())
    plugins[name] = {{"version", plugin.at("version")}, {"build_id", plugin.at("build_id")}};
  return plugins;
}

}  // namespace

Generated generated_by(const GenerateRequest& request, const RecordedRun& run) {
  Generated generated;
  const auto& products = node_of(run, "write").at("products");
  const auto& product = products.at("path");
  for (const auto& [name, other] : products.items())
    if (name != "path") {
      const std::filesystem::path place = other.at("file").get<std::string>();
      generated.others.emplace_back(run.folder / place, beside_output(request, place));
    }
  generated.product = run.folder / product.at("file").get<std::string>();
  generated.bytes = product.at("bytes").get<std::uint64_t>();
  generated.sha256 = product.at("sha256").get<std::string>();
  const auto traces = traces_of(run);
  generated.traces = static_cast<std::int64_t>(traces->size());
  generated.packets = static_cast<std::int64_t>(traces->packets());
  const auto& label = traces->table().label;
  std::vector<std::int64_t> counts(label.names.size());
  for (const auto id : label.id)
    if (id >= 0) ++counts[static_cast<std::size_t>(id)];
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0) generated.drawn.emplace_back(label.names[i], counts[i]);
  return generated;
}

std::string generate_record(const GenerateRequest& request, const RecordedRun& run, const Generated& generated) {
  ordered_json stages, accounting = ordered_json::object(), drawn = ordered_json::object();
  for (const char* name : {"sample", "traffic", "write"}) {
    if (!has_node(run, name)) continue;
    const auto& node = node_of(run, name);
    stages[name] = stage_record(node);
    if (auto account = account_of(run, node); !account.is_null()) accounting[name] = std::move(account);
  }
  for (const auto& [name, count] : generated.drawn) drawn[name] = count;
  auto beside = ordered_json::array();
  for (const auto& [from, to] : generated.others) beside.push_back(to.lexically_relative(request.output.parent_path()));
  ordered_json record{{"morgana", "generated/1"},
                      {"about", "Synthetic traffic: drawn from a trained model, never observed on a network."},
                      {"file", request.output.filename().string()},
                      {"bytes", generated.bytes},
                      {"sha256", generated.sha256},
                      {"beside", beside},
                      {"model",
                       {{"path", request.model_as_typed},
                        {"sha256", sha256_of_file(request.model.file)},
                        {"kind", request.model.kind},
                        {"classes", request.model.class_names}}},
                      {"asked", {{"classes", asked_classes(request.model, request.classes)}, {"count", request.count}}},
                      {"drawn", {{"traces", generated.traces}, {"packets", generated.packets}, {"classes", drawn}}},
                      {"seed", request.seed},
                      {"stages", stages},
                      {"accounting", accounting},
                      {"versions",
                       {{"morgana", run.record.at("versions").at("morgana")},
                        {"sdk", run.record.at("versions").at("sdk")},
                        {"plugins", plugins_of(run)}}},
                      {"made",
                       {{"time", run.record.at("started")},
                        {"seconds", run.record.at("seconds")},
                        {"command", run.record.at("command")},
                        {"model", request.model.file.string()},
                        {"output", std::filesystem::absolute(request.output).lexically_normal().string()}}}};
  if (generated.others.empty()) record.erase("beside");
  return record.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace morgana::host
