// SPDX-License-Identifier: Apache-2.0
#include "cli/verb.hpp"

namespace morgana::host {

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> all{
      list_verb(),    inspect_verb(), validate_verb(),  graph_verb(),      run_verb(),     generate_verb(),
      capture_verb(), explain_verb(), show_verb(),      diff_verb(),       cache_verb(),   new_plugin_verb(),
      doctor_verb(),  schema_verb(),  reference_verb(), completion_verb(), manifest_verb()};
  return all;
}

const Verb* find_verb(const std::string& name) {
  for (const auto& verb : verbs())
    if (verb.name == name) return &verb;
  return nullptr;
}

Option plugin_path_option() {
  return {.name = "plugin-path",
          .argument = "FOLDERS",
          .doc = "look for plugins here first; folders separated by colons; may be repeated",
          .repeatable = true};
}

Option json_option(std::string doc) { return {.name = "json", .doc = std::move(doc)}; }

}  // namespace morgana::host
