// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "plugin/catalog.hpp"

namespace morgana::host {

/// The kind of the codec that a saved value holds: "gasf". "" where it holds none, or where the path is no saved value.
/// Reads the file's header alone.
std::string saved_codec(const std::filesystem::path& file);

/// The plugin that has a codec; null where none has.
const PluginManifest* plugin_of_codec(const Catalog& catalog, const std::string& kind);

}  // namespace morgana::host
