// SPDX-License-Identifier: Apache-2.0
#include "pipeline/pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/nearest.hpp"

namespace morgana::host {
namespace {

bool is_name(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

constexpr const char* kNameHint = "a name is made of letters, digits, - and _";

class Reader {
 public:
  explicit Reader(Faults& faults) : faults_(faults) {}

  Pipeline pipeline(const JsonValue& document) {
    Pipeline result;
    const auto* object = object_of(document, "the pipeline");
    if (object == nullptr) return result;
    // "$schema" names a JSON Schema for the editor, as is usual; nothing here reads it.
    check_keys(*object, {"$schema", "schema", "about", "seed", "vary", "nodes"}, "a pipeline");
    bool has_schema = false, has_nodes = false;
    for (const auto& [key, position, value] : *object) {
      if (key == "schema") has_schema = true, schema(value);
      if (key == "about")
        if (const auto* text = string_of(value, "\"about\"")) result.about = *text;
      if (key == "seed") result.seed = seed(value);
      if (key == "vary") variables(value, result);
      if (key == "nodes") has_nodes = true, nodes(value, result);
    }
    if (!has_schema)
      fault(document.position, fmt::format("the key \"schema\" is missing; write \"schema\": \"{}\"", kPipelineSchema));
    if (!has_nodes) fault(document.position, "the key \"nodes\" is missing");
    return result;
  }

 private:
  void fault(Position position, std::string text, std::string hint = "") {
    faults_.add({position, node_, std::move(text), std::move(hint)});
  }

  const JsonValue::Object* object_of(const JsonValue& value, const std::string& what) {
    const auto* object = value.as<JsonValue::Object>();
    if (object == nullptr) fault(value.position, fmt::format("{} is an object, not {}", what, kind_of(value)));
    return object;
  }
  const std::string* string_of(const JsonValue& value, const std::string& what) {
    const auto* text = value.as<std::string>();
    if (text == nullptr) fault(value.position, fmt::format("{} is a string, not {}", what, kind_of(value)));
    return text;
  }

  void check_keys(const JsonValue::Object& object, const std::vector<std::string>& known, const std::string& what,
                  const std::string& hint = "") {
    for (const auto& member : object) {
      if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
      const auto near = did_you_mean(member.key, known);
      fault(member.position, fmt::format("{} has no key \"{}\"{}", what, member.key, near), near.empty() ? hint : "");
    }
  }

  void schema(const JsonValue& value) {
    const auto* text = string_of(value, "\"schema\"");
    if (text != nullptr && *text != kPipelineSchema)
      fault(value.position, fmt::format("schema \"{}\" is unknown; this host reads \"{}\"", *text, kPipelineSchema));
  }

  std::uint64_t seed(const JsonValue& value) {
    const auto* number = value.as<std::int64_t>();
    if (number != nullptr && *number >= 0) return static_cast<std::uint64_t>(*number);
    fault(value.position, fmt::format("\"seed\" is a whole number of at least 0, not {}", text_of(value)));
    return 0;
  }

  void variables(const JsonValue& value, Pipeline& result) {
    const auto* object = object_of(value, "\"vary\"");
    if (object == nullptr) return;
    for (const auto& [name, position, values] : *object) {
      if (!is_name(name)) fault(position, fmt::format("\"{}\" is no name of a variable", name), kNameHint);
      const auto* list = values.as<JsonValue::List>();
      if (list == nullptr || list->empty()) {
        fault(values.position, fmt::format("variable \"{}\" takes a list of at least one value", name));
        continue;
      }
      for (auto& [where, text] : faults_of_values(name, *list)) fault(where, std::move(text));
      result.variables.push_back({{name, position}, *list});
    }
  }

  void nodes(const JsonValue& value, Pipeline& result) {
    const auto* object = object_of(value, "\"nodes\"");
    if (object == nullptr) return;
    if (object->empty()) fault(value.position, "the pipeline has no nodes");
    for (const auto& [name, position, text] : *object) {
      node_ = name;
      if (!is_name(name)) fault(position, fmt::format("\"{}\" is no name of a node", name), kNameHint);
      else if (name == "vary" || name == "seed")
        fault(position, fmt::format("\"{}\" is no name of a node", name), "--set takes it for the pipeline's own");
      result.nodes.push_back(node({name, position}, text));
      node_.clear();
    }
  }

  NodeText node(Word name, const JsonValue& value) {
    NodeText result{std::move(name), {}, {}, {}, {}, {}, {}};
    const auto* object = object_of(value, "a node");
    if (object == nullptr) return result;
    check_keys(*object, {"use", "set", "in", "gather", "device", "threads", "seed"}, "a node",
               "parameters stand under \"set\", inputs under \"in\" or \"gather\"");
    bool uses = false;
    for (const auto& [key, position, text] : *object) {
      if (key == "use") {
        uses = true;
        if (const auto* stage = string_of(text, "\"use\"")) result.use = {*stage, text.position};
      }
      if (key == "set") settings(text, result);
      if (key == "in") connections(text, result, false);
      if (key == "gather") connections(text, result, true);
      if (key == "device")
        if (const auto* device = string_of(text, "\"device\"")) result.device = {*device, text.position};
      if (key == "threads") result.threads = text;
      if (key == "seed") result.seed = text;
    }
    if (!uses) fault(result.name.position, "the key \"use\" is missing: it names the node's stage");
    return result;
  }

  void settings(const JsonValue& value, NodeText& result) {
    const auto* object = object_of(value, "\"set\"");
    if (object == nullptr) return;
    std::vector<Setting> conditional;
    for (const auto& [key, position, text] : *object) {
      const auto equals = key.find('=');
      const auto* group = text.as<JsonValue::Object>();
      if (equals == std::string::npos || group == nullptr) {
        result.settings.push_back({{key, position}, text});
        continue;
      }
      for (const auto& member : *group)
        conditional.push_back({{member.key, member.position},
                               member.value,
                               {{Word{key.substr(0, equals), position}, key.substr(equals + 1)}}});
    }
    // What is said of some copies replaces what is said of all, wherever it stands.
    result.settings.insert(result.settings.end(), conditional.begin(), conditional.end());
  }

  void connections(const JsonValue& value, NodeText& result, bool gather) {
    const auto* object = object_of(value, gather ? "\"gather\"" : "\"in\"");
    if (object == nullptr) return;
    for (const auto& [port, position, text] : *object) {
      Connection connection{{port, position}, {}, gather};
      if (const auto* list = text.as<JsonValue::List>(); list != nullptr && gather) {
        for (const auto& element : *list)
          if (const auto* source = string_of(element, "the source of an input"))
            connection.sources.push_back({*source, element.position});
      } else if (list != nullptr) {
        fault(text.position, fmt::format("input \"{}\" takes one value under \"in\", not a list", port),
              "connect an input that takes many under \"gather\"");
      } else if (const auto* source = string_of(text, "the source of an input")) {
        connection.sources.push_back({*source, text.position});
      }
      result.connections.push_back(std::move(connection));
    }
  }

  Faults& faults_;
  std::string node_;
};

}  // namespace

Pipeline parse_pipeline(const JsonValue& document, Faults& faults) { return Reader(faults).pipeline(document); }

std::vector<std::pair<Position, std::string>> faults_of_values(const std::string& variable,
                                                               const std::vector<JsonValue>& values) {
  std::vector<std::pair<Position, std::string>> faults;
  std::vector<std::string> texts;
  for (const auto& value : values) {
    if (value.value.index() == 0 || value.as<JsonValue::List>() || value.as<JsonValue::Object>())
      faults.emplace_back(value.position, fmt::format("variable \"{}\" takes strings, numbers and booleans, not {}",
                                                      variable, kind_of(value)));
    const auto text = variable_text(value);
    if (std::find(texts.begin(), texts.end(), text) != texts.end())
      faults.emplace_back(value.position, fmt::format("variable \"{}\" has the value {} twice", variable, text));
    texts.push_back(text);
  }
  return faults;
}

std::string variable_text(const JsonValue& value) {
  const auto* text = value.as<std::string>();
  return text != nullptr ? *text : text_of(value);
}

}  // namespace morgana::host
