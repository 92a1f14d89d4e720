// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "cache/durable.hpp"
#include "cli/verb.hpp"
#include "plugin/describe.hpp"
#include "plugin/manifest_json.hpp"
#include "plugin/plugin_fault.hpp"

namespace morgana::host {
namespace {

int write_manifest(const Arguments& arguments) {
  const std::filesystem::path file = arguments.operand(0);
  std::error_code fault;
  if (!std::filesystem::exists(file, fault)) throw UsageFault("there is no file {}", file.string());
  if (std::filesystem::is_directory(file, fault))
    throw UsageFault("{} is a folder, not a plugin's library", file.string());
  const Library library(file);
  write_whole_file(manifest_file(file), manifest_json(describe(library)));
  return kDone;
}

}  // namespace

Verb manifest_verb() {
  return {.name = "manifest",
          .summary = "write the manifest of a plugin library beside it",
          .description =
              "Opens a plugin library, checks that it fits this host, makes one of each of its stages, and writes what "
              "they "
              "declare to a JSON file beside it: libmorgana_gan.json for libmorgana_gan.so. list, inspect and validate "
              "read "
              "manifests only. morgana_add_plugin() does this after linking; by hand it is needed when a library was "
              "changed afterwards, by strip for instance.",
          .operands = {{.name = "LIBRARY", .doc = "the plugin's file"}},
          .examples = "morgana manifest build/libmorgana_minimum-packets.so",
          .run = write_manifest};
}

}  // namespace morgana::host
