// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>

#include "plugin/library.hpp"
#include "run/stage_source.hpp"

namespace morgana::host {

/// Stages of plugin libraries, each opened when a node of it first has to run.
class PluginStages final : public StageSource {
 public:
  std::unique_ptr<Stage> make(const PlannedNode& node) override;
  void open_codecs(const PluginManifest& plugin) override;

 private:
  const Library& library(const PluginManifest& plugin);

  std::mutex mutex_;
  std::map<std::filesystem::path, Library> libraries_;
};

}  // namespace morgana::host
