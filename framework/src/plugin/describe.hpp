// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plugin/library.hpp"
#include "plugin/manifest.hpp"

namespace morgana::host {

/// Asks a library what it offers, by making one of each of its stages. Throws `PluginFault`.
PluginManifest describe(const Library& library);

/// Where a library's manifest lies: `libmorgana_gan.json` beside `libmorgana_gan.so`.
std::filesystem::path manifest_file(const std::filesystem::path& library);

}  // namespace morgana::host
