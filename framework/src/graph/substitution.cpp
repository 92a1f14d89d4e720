// SPDX-License-Identifier: Apache-2.0
#include "graph/substitution.hpp"

#include "pipeline/pipeline.hpp"

namespace morgana::host {
namespace {

/// Calls `literal(text)` and `variable(name)` for the pieces of a text, in order.
template <typename Literal, typename Variable>
void walk(const std::string& text, Literal literal, Variable variable) {
  std::size_t offset = 0;
  while (offset < text.size()) {
    const auto begin = text.find("${", offset);
    const auto end = begin == std::string::npos ? begin : text.find('}', begin);
    if (end == std::string::npos) break;
    if (begin > offset && text[begin - 1] == '$') {
      literal(text.substr(offset, begin - 1 - offset) + text.substr(begin, end + 1 - begin));
    } else {
      literal(text.substr(offset, begin - offset));
      variable(text.substr(begin + 2, end - begin - 2));
    }
    offset = end + 1;
  }
  literal(text.substr(offset));
}

}  // namespace

std::vector<std::string> variables_in(const std::string& text) {
  std::vector<std::string> names;
  walk(
      text, [](const std::string&) {}, [&](std::string name) { names.push_back(std::move(name)); });
  return names;
}

std::string substituted(const std::string& text, const Combination& values) {
  std::string result;
  walk(
      text, [&](const std::string& literal) { result += literal; },
      [&](const std::string& name) {
        const auto found = values.find(name);
        result += found != values.end() ? variable_text(found->second) : "${" + name + "}";
      });
  return result;
}

JsonValue substituted(const JsonValue& value, const Combination& values) {
  JsonValue result = value;
  if (const auto* text = value.as<std::string>()) {
    const auto names = variables_in(*text);
    if (names.size() == 1 && *text == "${" + names[0] + "}" && values.contains(names[0]))
      result.value = values.at(names[0]).value;
    else result.value = substituted(*text, values);
  } else if (auto* list = std::get_if<JsonValue::List>(&result.value)) {
    for (auto& element : *list) element = substituted(element, values);
  } else if (auto* object = std::get_if<JsonValue::Object>(&result.value)) {
    for (auto& member : *object) member.value = substituted(member.value, values);
  }
  return result;
}

std::string text_of(const Combination& values) {
  std::string text;
  for (const auto& [name, value] : values) text += (text.empty() ? "" : ",") + name + "=" + variable_text(value);
  return text;
}

}  // namespace morgana::host
