// SPDX-License-Identifier: Apache-2.0
#include "run/plugin_stages.hpp"

#include "cache/sha256.hpp"
#include "morgana/codec.hpp"

namespace morgana::host {

std::unique_ptr<Stage> PluginStages::make(const PlannedNode& node) {
  return library(*node.plugin).create(node.stage->name);
}

void PluginStages::open_codecs(const PluginManifest& plugin) { library(plugin); }

const Library& PluginStages::library(const PluginManifest& plugin) {
  const std::lock_guard lock(mutex_);
  if (const auto known = libraries_.find(plugin.library); known != libraries_.end()) return known->second;
  // Results are kept under the manifest's build id, so it has to be that of the code that runs.
  if (sha256_of_file(plugin.library) != plugin.build_id)
    throw PluginFault(plugin.library,
                      Error("it was built after its manifest")
                          .hint("make the manifest again: morgana manifest " + plugin.library.string()));
  const auto& library = libraries_.emplace(plugin.library, Library(plugin.library)).first->second;
  for (std::size_t i = 0; i < library.descriptor().codec_count; ++i) register_codec(library.descriptor().codecs[i]);
  return library;
}

}  // namespace morgana::host
