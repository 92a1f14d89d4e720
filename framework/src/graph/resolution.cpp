// SPDX-License-Identifier: Apache-2.0
#include "graph/resolution.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "graph/edges.hpp"
#include "graph/product_places.hpp"
#include "graph/saved_codec.hpp"
#include "graph/setting.hpp"
#include "morgana/random.hpp"
#include "pipeline/nearest.hpp"

namespace morgana::host {
namespace {

/// FNV-1a (Fowler, Noll, Vo), 64 bits: the same on every machine, unlike std::hash.
std::uint64_t stable_hash(const std::string& text) {
  std::uint64_t hash = 0xCBF29CE484222325ull;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
  return hash;
}

bool has_parameter(const StageManifest& stage, const std::string& name) {
  return std::any_of(stage.parameters.begin(), stage.parameters.end(),
                     [&](const auto& info) { return info.name == name; });
}

/// Is it a key of the node that was typed as if it were a parameter: --set model.device=cuda? A parameter of that name
/// comes first.
bool is_node_key(const Setting& setting, const StageManifest& stage) {
  const auto& name = setting.name.text;
  return setting.name.position.line == 0 && (name == "device" || name == "threads" || name == "seed") &&
         !has_parameter(stage, name);
}

std::string output_path(const ParameterInfo& info, const std::string& given) {
  auto path = with_environment(given);
  const bool may_be_empty = info.value && std::get<std::string>(*info.value).empty();  // no product, says the stage
  if (path.empty() && !may_be_empty)
    throw Error("parameter \"{}\" is empty; it names what to write", info.name)
        .hint("give a path inside the run's folder, such as \"report\"");
  return path;
}

class Resolver {
 public:
  Resolver(const Pipeline& pipeline, const Catalog& catalog, const std::filesystem::path& folder,
           const CheckNode& check, Faults& faults)
      : pipeline_(pipeline), catalog_(catalog), folder_(folder), check_(check), faults_(faults) {}

  PlannedNode node(const NodeCopy& copy) {
    copy_ = &copy;
    PlannedNode node;
    node.name = copy.name;
    node.base_name = copy.text->name.text;
    for (const auto& [name, value] : copy.variables) node.variables[name] = variable_text(value);
    if (!find_stage(node)) return node;
    parameters(node);
    keys(node);
    checks(node);
    return node;
  }

 private:
  void fault(Position position, std::string text, std::string hint = "") {
    faults_.add({position, copy_->text->name.text, std::move(text), std::move(hint)});
  }

  bool find_stage(PlannedNode& node) {
    const auto& use = copy_->text->use;
    if (use.text.empty()) return false;  // its fault was found when the form was read
    const auto name = substituted(use.text, copy_->variables);
    if (const auto* found = catalog_.find(name)) {
      node.plugin = found->plugin;
      node.stage = found->stage;
      return true;
    }
    if (!variables_in(name).empty()) return false;  // an unknown variable, found by the expansion
    const auto refused = catalog_.refusals().size();
    std::string hint;
    if (refused > 0)
      hint = fmt::format("{} refused; morgana doctor says why",
                         refused == 1 ? "a plugin library was" : fmt::format("{} plugin libraries were", refused));
    else if (catalog_.stages().empty()) hint = "no plugin was found; morgana doctor shows where it was looked for";
    fault(use.position, fmt::format("unknown stage \"{}\"{}", name, did_you_mean(name, catalog_.stage_names())), hint);
    return false;
  }

  bool applies(const Setting& setting) const {
    return std::all_of(setting.conditions.begin(), setting.conditions.end(), [&](const auto& condition) {
      const auto own = copy_->variables.find(condition.first.text);
      return own != copy_->variables.end() && variable_text(own->second) == condition.second;
    });
  }

  void parameters(PlannedNode& node) {
    std::map<std::string, const Setting*> given;
    for (const auto& setting : copy_->text->settings) {
      if (!applies(setting) || is_node_key(setting, *node.stage)) continue;
      given[setting.name.text] = &setting;
      check_known(setting, *node.stage);
    }
    for (const auto& info : node.stage->parameters) {
      const auto found = given.find(info.name);
      if (found != given.end()) {
        auto value = checked_setting(info, *found->second);
        if (!value) continue;
        if (info.type == ParameterType::kInputPath) add_codec(std::get<std::string>(*value), *found->second, node);
        node.parameters.push_back({&info, std::move(*value), false, found->second->value.position});
      } else if (info.value) {
        node.parameters.push_back({&info, *info.value, true, copy_->text->name.position});
      } else {
        fault(copy_->text->name.position,
              fmt::format("parameter \"{}\" of {} has no default and is not set", info.name, node.stage->name),
              fmt::format("{}; add \"set\": {{ \"{}\": ... }}", info.doc, info.name));
      }
    }
  }

  void check_known(const Setting& setting, const StageManifest& stage) {
    if (has_parameter(stage, setting.name.text)) return;
    std::vector<std::string> names;
    for (const auto& info : stage.parameters) names.push_back(info.name);
    // A slip of the pen, or a parameter that only some of the varied stages have?
    const auto mentioned = variables_in(copy_->text->use.text);
    std::string hint;
    if (const auto& name = setting.name.text; name == "device" || name == "threads" || name == "seed")
      hint = fmt::format("\"{}\" stands beside \"set\", not in it", name);
    else if (!nearest(setting.name.text, names) && !mentioned.empty() && setting.conditions.empty())
      hint = setting.name.position.line == 0
                 ? fmt::format("for some copies only: --set \"{}[{}=VALUE].{}=...\"", copy_->text->name.text,
                               mentioned[0], setting.name.text)
                 : fmt::format("for some copies only: \"set\": {{ \"{}=VALUE\": {{ \"{}\": ... }} }}", mentioned[0],
                               setting.name.text);
    fault(setting.name.position,
          fmt::format("{} has no parameter \"{}\"{}", stage.name, setting.name.text,
                      did_you_mean(setting.name.text, names)),
          hint);
  }

  std::optional<ParameterValue> checked_setting(const ParameterInfo& info, const Setting& setting) {
    const auto value = substituted(setting.value, copy_->variables);
    try {
      auto result = checked(info, parameter_value(info.name, value));
      if (info.type == ParameterType::kInputPath)
        // What is typed on the command line is seen from where it is typed.
        result = input_path(info.name, std::get<std::string>(result),
                            setting.name.position.line == 0 ? std::filesystem::current_path() : folder_);
      if (info.type == ParameterType::kOutputPath) result = output_path(info, std::get<std::string>(result));
      return result;
    } catch (const Error& error) {
      fault(setting.value.position, error.what(), error.hint());
      return std::nullopt;
    }
  }

  /// A saved value is read by the library of its codec, whichever stage reads it.
  void add_codec(const std::string& file, const Setting& setting, PlannedNode& node) {
    const auto kind = saved_codec(file);
    if (kind.empty()) return;
    if (const auto* plugin = plugin_of_codec(catalog_, kind)) return node.codecs.push_back(plugin);
    fault(setting.value.position,
          fmt::format("parameter \"{}\": {} was made with the codec \"{}\", which no plugin has", setting.name.text,
                      file, kind),
          "install the plugin of its encoder, or name that plugin's folder with --plugin-path");
  }

  /// What stands beside "set", or was typed instead.
  std::optional<JsonValue> key(const char* name, const std::optional<JsonValue>& written, const StageManifest& stage) {
    auto value = written;
    for (const auto& setting : copy_->text->settings)
      if (setting.name.text == name && applies(setting) && is_node_key(setting, stage)) value = setting.value;
    return value;
  }

  void keys(PlannedNode& node) {
    const auto& text = *copy_->text;
    std::optional<JsonValue> written;
    if (text.device) written = JsonValue{text.device->position, text.device->text};
    if (const auto value = key("device", written, *node.stage)) device(*value, node);
    if (const auto value = key("threads", text.threads, *node.stage))
      node.threads = static_cast<int>(std::min<std::int64_t>(whole_number("threads", *value, 1), 4096));
    const auto seed = key("seed", text.seed, *node.stage);
    node.seed = mix_seed(seed ? static_cast<std::uint64_t>(whole_number("seed", *seed, 0)) : pipeline_.seed,
                         stable_hash(node.name));
  }

  void device(const JsonValue& given, PlannedNode& node) {
    const std::vector<std::string> known{"auto", "cpu", "cuda"};
    const auto value = substituted(given, copy_->variables);
    const auto* device = value.as<std::string>();
    if (device == nullptr || std::find(known.begin(), known.end(), *device) == known.end())
      return fault(given.position, fmt::format("unknown device {}", text_of(value)), "it can be auto, cpu or cuda");
    node.device = *device;
  }

  void checks(const PlannedNode& node) {
    if (!check_ || !node.stage->checks || node.parameters.size() != node.stage->parameters.size()) return;
    for (const auto& error : check_(node)) fault(copy_->text->name.position, error.what(), error.hint());
  }

  std::int64_t whole_number(const char* key, const JsonValue& given, std::int64_t least) {
    const auto value = substituted(given, copy_->variables);
    const auto* number = value.as<std::int64_t>();
    if (number != nullptr && *number >= least) return *number;
    fault(given.position, fmt::format("\"{}\" is a whole number of at least {}, not {}", key, least, text_of(value)));
    return least;
  }

  const Pipeline& pipeline_;
  const Catalog& catalog_;
  const std::filesystem::path& folder_;
  const CheckNode& check_;
  Faults& faults_;
  const NodeCopy* copy_ = nullptr;
};

/// A key that no copy of a node can obey. Where `vary` exchanges the stage, it is enough that one of them can.
void check_obeyed(const Pipeline& pipeline, const std::vector<PlannedNode>& nodes, Faults& faults) {
  struct Ability {
    bool known = true, device = false, threads = false, seed = false;
    std::vector<const StageManifest*> stages;
  };
  std::map<std::string, Ability> abilities;
  for (const auto& node : nodes) {
    auto& ability = abilities[node.base_name];
    if (node.stage == nullptr) ability.known = false;
    else {
      ability.device |= node.stage->accelerated;
      ability.threads |= node.stage->parallel;
      ability.seed |= node.stage->seeded;
      ability.stages.push_back(node.stage);
    }
  }
  for (const auto& node : pipeline.nodes) {
    const auto& ability = abilities[node.name.text];
    if (!ability.known) continue;
    const auto check = [&](Position position, const std::string& key) {
      const auto refuse = [&](const char* text) {
        faults.add({position, node.name.text, node.use.text + " " + text, fmt::format("remove \"{}\"", key)});
      };
      if (key == "device" && !ability.device) refuse("runs on the CPU only");
      if (key == "threads" && !ability.threads) refuse("uses one thread only");
      if (key == "seed" && !ability.seed) refuse("draws no random numbers");
    };
    if (node.device) check(node.device->position, "device");
    if (node.threads) check(node.threads->position, "threads");
    if (node.seed) check(node.seed->position, "seed");
    for (const auto& setting : node.settings)
      if (std::all_of(ability.stages.begin(), ability.stages.end(),
                      [&](const auto* stage) { return is_node_key(setting, *stage); }))
        check(setting.name.position, setting.name.text);
  }
}

}  // namespace

std::vector<PlannedNode> resolve(const Pipeline& pipeline, const Expansion& expansion, const Catalog& catalog,
                                 const std::filesystem::path& folder, const CheckNode& check, Faults& faults) {
  std::vector<PlannedNode> nodes;
  nodes.reserve(expansion.copies().size());
  Resolver resolver(pipeline, catalog, folder, check, faults);
  for (const auto& copy : expansion.copies()) nodes.push_back(resolver.node(copy));
  if (!nodes.empty()) check_obeyed(pipeline, nodes, faults);
  connect(expansion, nodes, faults);
  check_product_places(nodes, faults);
  return nodes;
}

}  // namespace morgana::host
