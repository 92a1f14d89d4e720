// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "plugin/manifest.hpp"

namespace morgana::host {

/// The manifest as it stands in its file; the library is named without its folder.
std::string manifest_json(const PluginManifest& manifest);

/// One stage of it, with its library.
std::string stage_json(const StageManifest& stage, const PluginManifest& plugin);

/// Reads a manifest's file. Throws `PluginFault` that names the file where it is absent or damaged.
PluginManifest read_manifest(const std::filesystem::path& file);

}  // namespace morgana::host
