// SPDX-License-Identifier: Apache-2.0
#include "graph/setting.hpp"

#include <algorithm>
#include <cstdlib>

namespace morgana::host {
namespace {

ParameterValue list_value(const std::string& name, const JsonValue::List& list) {
  const auto all = [&](auto holds) { return std::all_of(list.begin(), list.end(), holds); };
  const auto is_integer = [](const JsonValue& value) { return value.as<std::int64_t>() != nullptr; };
  const auto is_number = [&](const JsonValue& value) { return is_integer(value) || value.as<double>() != nullptr; };
  if (all(is_integer)) {
    std::vector<std::int64_t> integers;
    for (const auto& element : list) integers.push_back(*element.as<std::int64_t>());
    return integers;
  }
  if (all(is_number)) {
    std::vector<double> reals;
    for (const auto& element : list)
      reals.push_back(is_integer(element) ? static_cast<double>(*element.as<std::int64_t>()) : *element.as<double>());
    return reals;
  }
  if (all([](const JsonValue& value) { return value.as<std::string>() != nullptr; })) {
    std::vector<std::string> strings;
    for (const auto& element : list) strings.push_back(*element.as<std::string>());
    return strings;
  }
  throw Error("parameter \"{}\" takes no list of different kinds of values", name);
}

bool is_name_character(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

}  // namespace

ParameterValue parameter_value(const std::string& name, const JsonValue& value) {
  if (const auto* flag = value.as<bool>()) return *flag;
  if (const auto* integer = value.as<std::int64_t>()) return *integer;
  if (const auto* real = value.as<double>()) return *real;
  if (const auto* text = value.as<std::string>()) return *text;
  if (const auto* list = value.as<JsonValue::List>()) return list_value(name, *list);
  throw Error("parameter \"{}\" takes no {}", name, value.as<JsonValue::Object>() != nullptr ? "object" : "null");
}

std::string with_environment(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$' || i + 1 == text.size() || !is_name_character(text[i + 1])) {
      result += text[i];
      continue;
    }
    const auto begin = i + 1;
    const auto end = static_cast<std::size_t>(
        std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), is_name_character) -
        text.begin());
    const auto name = text.substr(begin, end - begin);
    const char* value = std::getenv(name.c_str());
    if (value == nullptr)
      throw Error("the environment variable \"{}\" is not set", name).hint("export " + name + "=...");
    result += value;
    i = end - 1;
  }
  return result;
}

std::string input_path(const std::string& name, const std::string& text, const std::filesystem::path& folder) {
  if (text.empty()) return text;
  const auto path = (folder / with_environment(text)).lexically_normal();
  if (!std::filesystem::exists(path))
    throw Error("parameter \"{}\": there is no file or folder {}", name, path.string());
  return path.string();
}

}  // namespace morgana::host
