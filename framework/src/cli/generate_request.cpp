// SPDX-License-Identifier: Apache-2.0
#include "cli/generate_request.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/verb.hpp"
#include "morgana/error.hpp"

namespace morgana::host {
namespace {

using nlohmann::ordered_json;

const std::filesystem::path kFolder = "generated";  // within the run's

struct Format {
  const char* extension;
  const char* writer;
};
constexpr Format kFormats[] = {{".pcapng", "write.pcap"}, {".pcap", "write.pcap"},  {".parquet", "write.traces"},
                               {".npz", "write.traces"},  {".csv", "write.traces"}, {".json", "write.mirage"}};

const Format* format_of(const std::filesystem::path& output) {
  for (const auto& format : kFormats)
    if (output.extension() == format.extension) return &format;
  return nullptr;
}

std::string format_name(const Format& format) { return std::string(format.extension).substr(1); }

std::string get_plugin(const std::string& which) {
  return fmt::format("install {}, or name its folder with --plugin-path; morgana doctor shows what was found", which);
}

/// The port of that type; "" where there is none.
std::string port_of(const std::vector<PortManifest>& ports, const char* type) {
  for (const auto& port : ports)
    if (port.type == type) return port.name;
  return "";
}

const ParameterInfo* parameter_of(const StageManifest& stage, const char* name) {
  for (const auto& info : stage.parameters)
    if (info.name == name) return &info;
  return nullptr;
}

/// A writer of several formats has them among the choices of its "format".
bool can_write(const Catalog& catalog, const Format& format) {
  const auto* writer = catalog.find(format.writer);
  if (writer == nullptr) return false;
  const auto* choice = parameter_of(*writer->stage, "format");
  return choice == nullptr ||
         std::find(choice->choices.begin(), choice->choices.end(), format_name(format)) != choice->choices.end();
}

const StageManifest& stage_of(const Catalog& catalog, const char* name, const char* purpose) {
  const auto* found = catalog.find(name);
  if (found == nullptr)
    throw UsageFault(Error("no plugin has {}, which {}", name, purpose).hint(get_plugin("the plugin that has it")));
  return *found->stage;
}

const StageManifest& writer_of(const GenerateRequest& request, const Catalog& catalog) {
  const auto& format = *format_of(request.output);
  if (can_write(catalog, format)) return *catalog.find(format.writer)->stage;
  std::vector<std::string> here;
  for (const auto& other : kFormats)
    if (can_write(catalog, other)) here.emplace_back(other.extension);
  const auto output = request.output.string();
  const auto instead = here.empty() ? "" : fmt::format("; what is here writes {}", fmt::join(here, ", "));
  if (catalog.find(format.writer) == nullptr)
    throw UsageFault(Error("{}: no plugin has {}, which writes {}", output, format.writer, format.extension)
                         .hint(get_plugin("the plugin that has it") + instead));
  throw UsageFault(Error("{}: the {} that is here does not write {}", output, format.writer, format.extension)
                       .hint(get_plugin("a later version of its plugin") + instead));
}

const StageManifest& sampler_of(const GenerateRequest& request, const Catalog& catalog) {
  const auto& kind = request.model.kind;
  if (const auto* found = catalog.find("sample." + kind)) return *found->stage;
  std::vector<std::string> known;
  for (const auto& name : catalog.stage_names())
    if (name.starts_with("sample.")) known.push_back(name.substr(7));
  throw UsageFault(
      Error("the model is of kind \"{}\", and no plugin has sample.{}{}", kind, kind,
            known.empty() ? "" : fmt::format("; the kinds that can be sampled are {}", fmt::join(known, ", ")))
          .hint(get_plugin("the plugin that trained it")));
}

ordered_json sample_node(const GenerateRequest& request, const StageManifest& sampler) {
  const auto input = port_of(sampler.inputs, "Model");
  if (input.empty()) throw UsageFault("{} takes no Model, so it cannot sample one", sampler.name);
  ordered_json node{{"use", sampler.name}, {"in", {{input, "model.model"}}}};
  const auto declare = "it should declare morgana::SampledClasses";
  if (parameter_of(sampler, "per_class") != nullptr) node["set"]["per_class"] = request.count;
  else if (request.counted)
    throw UsageFault(
        Error("{} cannot be asked for a count: it has no parameter \"per_class\"", sampler.name).hint(declare));
  if (!request.classes.empty()) {
    if (parameter_of(sampler, "classes") == nullptr)
      throw UsageFault(
          Error("{} cannot be asked for classes: it has no parameter \"classes\"", sampler.name).hint(declare));
    node["set"]["classes"] = asked_classes(request.model, request.classes);
  }
  if (sampler.accelerated) node["device"] = request.device;
  else if (request.device == "cuda")
    throw UsageFault(
        Error("option --device is \"cuda\", but {} runs on the CPU only", sampler.name).hint("leave it out"));
  return node;
}

}  // namespace

std::filesystem::path product_path(const GenerateRequest& request) { return kFolder / request.output.filename(); }

std::filesystem::path beside_output(const GenerateRequest& request, const std::filesystem::path& place) {
  const auto inside = place.lexically_relative(kFolder);
  return request.output.parent_path() / (inside.empty() || *inside.begin() == ".." ? place : inside);
}

void check_extension(const std::filesystem::path& output) {
  if (format_of(output) != nullptr) return;
  std::vector<std::string> all;
  for (const auto& format : kFormats) all.emplace_back(format.extension);
  throw UsageFault(
      Error("{}: no format of traffic has the extension \"{}\"", output.string(), output.extension().string())
          .hint(fmt::format("it can be {}", fmt::join(all, ", "))));
}

std::string generate_pipeline(const GenerateRequest& request, const Catalog& catalog) {
  const auto& writer = writer_of(request, catalog);
  const auto& sampler = sampler_of(request, catalog);
  ordered_json nodes;
  stage_of(catalog, "read.model", "reads the model");
  nodes["model"] = {{"use", "read.model"}, {"set", {{"path", request.model.file.string()}}}};
  nodes["sample"] = sample_node(request, sampler);
  std::string source;
  if (const auto traces = port_of(sampler.outputs, "Traces"); !traces.empty()) {
    source = "sample." + traces;
  } else if (const auto images = port_of(sampler.outputs, "Images"); !images.empty()) {
    stage_of(catalog, "decode.traces", "makes traces of the sampled images");
    nodes["traffic"] = {{"use", "decode.traces"}, {"in", {{"images", "sample." + images}}}};
    source = "traffic.traces";
  } else {
    throw UsageFault("{} gives neither Traces nor Images, so no traffic can be made of it", sampler.name);
  }
  const auto& format = *format_of(request.output);
  const auto product = product_path(request).string();
  ordered_json set{{"path", product}};
  if (parameter_of(writer, "format") != nullptr) set["format"] = format_name(format);
  // A pcap file has no place for words: what was generated, derived and filled in is written beside it.
  if (format_name(format) == "pcap" && parameter_of(writer, "accounting_file") != nullptr)
    set["accounting_file"] = product + ".txt";
  nodes["write"] = {{"use", writer.name}, {"in", {{port_of(writer.inputs, "Traces"), source}}}, {"set", set}};
  return ordered_json{{"schema", "morgana.pipeline/1"},
                      {"about", "Traffic drawn from a trained model by morgana generate."},
                      {"seed", request.seed},
                      {"nodes", nodes}}
             .dump(2) +
         "\n";
}

}  // namespace morgana::host
