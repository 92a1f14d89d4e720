// SPDX-License-Identifier: Apache-2.0
#include "plugin/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "cache/plain_words.hpp"
#include "cache/sha256.hpp"
#include "plugin/describe.hpp"
#include "plugin/library.hpp"
#include "plugin/manifest_json.hpp"

namespace morgana::host {
namespace {

namespace fs = std::filesystem;

void append(std::vector<PluginFolder>& folders, const std::string& list, const char* named_by) {
  std::size_t begin = 0;
  while (begin <= list.size()) {
    const auto end = std::min(list.find(':', begin), list.size());
    // An empty entry would be the working directory.
    if (end > begin) folders.push_back({fs::absolute(list.substr(begin, end - begin)), named_by});
    begin = end + 1;
  }
}

std::vector<fs::path> libraries_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none))
    if (entry.path().extension() == ".so" && entry.is_regular_file(none)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

PluginManifest manifest_of(const fs::path& library) {
  const auto file = manifest_file(library);
  const auto make = "make it: morgana manifest " + library.string();
  if (!fs::exists(file))
    throw PluginFault(library, Error("it has no manifest {}", file.filename().string()).hint(make));
  auto manifest = read_manifest(file);
  const auto again = "make the manifest again: morgana manifest " + library.string();
  if (manifest.library.filename() != library.filename())
    throw PluginFault(library, Error("its manifest is of {}", manifest.library.filename().string()).hint(again));
  check_interface(library, manifest.sdk, manifest.abi);
  // Hashing costs, so the hash is asked only where the times raise the question; opening the library checks it always.
  if (fs::last_write_time(library) > fs::last_write_time(file) && sha256_of_file(library) != manifest.build_id)
    throw PluginFault(library, Error("it was built after its manifest").hint(again));
  return manifest;
}

}  // namespace

std::vector<PluginFolder> search_path(const std::vector<std::string>& plugin_path) {
  std::vector<PluginFolder> folders;
  for (const auto& list : plugin_path) append(folders, list, "--plugin-path");
  for (const auto& folder : folders)
    if (std::error_code fault; !fs::is_directory(folder.path, fault))
      throw Error("the plugin folder {} is {}", folder.path.string(),
                  fs::exists(folder.path, fault) ? "no folder" : "not there");
  if (const char* list = std::getenv("MORGANA_PLUGIN_PATH")) append(folders, list, "MORGANA_PLUGIN_PATH");
  std::error_code fault;
  const auto program = fs::read_symlink("/proc/self/exe", fault);
  if (!fault)
    folders.push_back({(program.parent_path() / "../lib/morgana/plugins").lexically_normal(), "installation"});
  std::vector<PluginFolder> unique;
  for (const auto& folder : folders)
    if (std::none_of(unique.begin(), unique.end(), [&](const auto& known) {
          return fs::weakly_canonical(known.path) == fs::weakly_canonical(folder.path);
        }))
      unique.push_back(folder);
  return unique;
}

Catalog::Catalog(const std::vector<PluginFolder>& folders) {
  for (const auto& folder : folders)
    for (const auto& library : libraries_in(folder.path)) {
      auto& file = files_.emplace_back(PluginFile{library, {}, {}});
      try {
        file.manifest = manifest_of(library);
      } catch (const PluginFault& refusal) {
        file.refusal = refusal;
      } catch (const std::exception& exception) {
        file.refusal = PluginFault(library, Error(plain_words(exception)));
      }
    }
  // The vector is complete: from here on the manifests stay where they are.
  for (const auto& file : files_) {
    if (!file.manifest) continue;
    for (const auto& stage : file.manifest->stages) {
      const auto [known, is_new] = stages_.try_emplace(stage.name, CatalogStage{&*file.manifest, &stage});
      if (!is_new)
        conflicts_.emplace_back(file.library, Error("it offers the stage {}, and so does {}", stage.name,
                                                    known->second.plugin->library.string())
                                                  .hint("take one of the two off the plugin path"));
    }
  }
}

const CatalogStage* Catalog::find(const std::string& stage) const {
  const auto found = stages_.find(stage);
  return found != stages_.end() ? &found->second : nullptr;
}

std::vector<std::string> Catalog::stage_names() const {
  std::vector<std::string> names;
  for (const auto& [name, stage] : stages_) names.push_back(name);
  return names;
}

std::vector<PluginFault> Catalog::refusals() const {
  std::vector<PluginFault> list;
  for (const auto& file : files_)
    if (file.refusal) list.push_back(*file.refusal);
  return list;
}

}  // namespace morgana::host
