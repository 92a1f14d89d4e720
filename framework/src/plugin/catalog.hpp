// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plugin/manifest.hpp"
#include "plugin/plugin_fault.hpp"

namespace morgana::host {

/// A folder that is searched, and who named it.
struct PluginFolder {
  std::filesystem::path path;
  std::string named_by;  ///< "--plugin-path", "MORGANA_PLUGIN_PATH" or "installation"
};

/// The search path: the folders of `--plugin-path`, of MORGANA_PLUGIN_PATH, and lib/morgana/plugins beside the
/// program's own folder. Never the working directory. Throws `Error` where a folder of `--plugin-path` is not there.
std::vector<PluginFolder> search_path(const std::vector<std::string>& plugin_path);

/// A library that was found, and what came of it.
struct PluginFile {
  std::filesystem::path library;
  std::optional<PluginManifest> manifest;
  std::optional<PluginFault> refusal;
};

/// A stage and the plugin that has it.
struct CatalogStage {
  const PluginManifest* plugin;
  const StageManifest* stage;
};

/// What the installed plugins offer, read from their manifests; no library is opened.
class Catalog {
 public:
  explicit Catalog(const std::vector<PluginFolder>& folders);
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  const std::vector<PluginFile>& files() const noexcept { return files_; }
  const std::map<std::string, CatalogStage>& stages() const noexcept { return stages_; }
  const CatalogStage* find(const std::string& stage) const;
  std::vector<std::string> stage_names() const;
  /// The libraries that were refused.
  std::vector<PluginFault> refusals() const;
  /// One for each stage that two libraries offer.
  const std::vector<PluginFault>& conflicts() const noexcept { return conflicts_; }

 private:
  std::vector<PluginFile> files_;
  std::map<std::string, CatalogStage> stages_;
  std::vector<PluginFault> conflicts_;
};

}  // namespace morgana::host
