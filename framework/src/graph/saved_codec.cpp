// SPDX-License-Identifier: Apache-2.0
#include "graph/saved_codec.hpp"

#include <algorithm>

#include "morgana/archive.hpp"
#include "morgana/error.hpp"

namespace morgana::host {

std::string saved_codec(const std::filesystem::path& file) {
  std::error_code fault;
  if (!std::filesystem::is_regular_file(file, fault)) return "";
  try {
    const auto text = Archive::read(file).text;
    const auto codec = text.find("codec");
    return text.contains("morgana") && codec != text.end() ? codec->second : "";
  } catch (const Error&) {  // of another format: its reader says what is wrong with it, if anything is
    return "";
  }
}

const PluginManifest* plugin_of_codec(const Catalog& catalog, const std::string& kind) {
  for (const auto& file : catalog.files())
    if (file.manifest) {
      const auto& codecs = file.manifest->codecs;
      if (std::find(codecs.begin(), codecs.end(), kind) != codecs.end()) return &*file.manifest;
    }
  return nullptr;
}

}  // namespace morgana::host
