// SPDX-License-Identifier: Apache-2.0
#include "plugin/describe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cache/sha256.hpp"
#include "plugin/plugin_fault.hpp"

namespace morgana::host {
namespace {

std::string text(const char* text) { return text != nullptr ? text : ""; }

/// "kind.name" of lower-case letters, digits and hyphens: what a pipeline and a file name can hold.
bool is_stage_name(std::string_view name) {
  const auto dot = name.find('.');
  if (dot == 0 || dot == std::string_view::npos || dot + 1 == name.size()) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; });
}

template <typename Port>
PortManifest port_of(const Port& port) {
  return {port.name(), std::string(port.value_type().name), std::string(port.value_type().extension), port.doc()};
}

StageManifest stage_of(const Stage& stage, const StageEntry& entry, const std::string& library_doc) {
  StageManifest manifest;
  manifest.name = entry.name;
  manifest.doc = text(entry.doc).empty() ? library_doc : entry.doc;
  for (const auto* input : stage.inputs()) {
    manifest.inputs.push_back(port_of(*input));
    manifest.inputs.back().required = input->required();
    manifest.inputs.back().many = input->many();
  }
  for (const auto* output : stage.outputs()) manifest.outputs.push_back(port_of(*output));
  for (const auto* parameter : stage.parameters()) manifest.parameters.push_back(parameter->info());
  manifest.seeded = stage.seed() != nullptr;
  manifest.accelerated = stage.accelerated();
  manifest.parallel = stage.parallel();
  manifest.reports_run = stage.reports_run();
  manifest.checks = !stage.checks().empty();
  return manifest;
}

}  // namespace

std::filesystem::path manifest_file(const std::filesystem::path& library) {
  auto file = library;
  return file.replace_extension(".json");
}

PluginManifest describe(const Library& library) {
  const auto& descriptor = library.descriptor();
  PluginManifest manifest;
  manifest.library = library.file();
  manifest.name = text(descriptor.name);
  manifest.version = text(descriptor.version);
  manifest.doc = text(descriptor.doc);
  manifest.abi = text(descriptor.abi);
  manifest.sdk = fmt::format("{}.{}", descriptor.sdk_major, descriptor.sdk_minor);
  manifest.build_id = sha256_of_file(library.file());
  std::set<std::string> names;
  for (std::size_t i = 0; i < descriptor.stage_count; ++i) {
    const auto& entry = descriptor.stages[i];
    const std::string name = text(entry.name);
    if (!is_stage_name(name))
      throw PluginFault(library.file(), Error("\"{}\" is no name of a stage", name)
                                            .hint("a name is kind.name, of lower-case letters, digits and hyphens"));
    if (!names.insert(name).second) throw PluginFault(library.file(), Error("it has the stage {} twice", name));
    manifest.stages.push_back(stage_of(*library.create(name), entry, manifest.doc));
  }
  for (std::size_t i = 0; i < descriptor.codec_count; ++i) manifest.codecs.push_back(text(descriptor.codecs[i].kind));
  return manifest;
}

}  // namespace morgana::host
