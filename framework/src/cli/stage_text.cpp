// SPDX-License-Identifier: Apache-2.0
#include "cli/stage_text.hpp"

#include <fmt/ranges.h>
#include <limits>

namespace morgana::host {

std::string value_text(const ParameterValue& value) {
  return std::visit(
      [](const auto& held) -> std::string {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<T, std::string>) return "\"" + held + "\"";
        else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
          std::string text;
          for (const auto& element : held) text += (text.empty() ? "\"" : ", \"") + element + "\"";
          return "[" + text + "]";
        } else return fmt::format("{}", held);
      },
      value);
}

std::string type_text(const ParameterInfo& parameter) {
  std::string text = name_of(parameter.type);
  if (!parameter.choices.empty()) {
    const auto choices = fmt::format("{}", fmt::join(parameter.choices, ", "));
    text = parameter.type == ParameterType::kStrings ? "list of " + choices : "one of " + choices;
  }
  // The limits of an int say nothing about the parameter.
  const bool least = parameter.min && *parameter.min > std::numeric_limits<int>::min();
  const bool most = parameter.max && *parameter.max < std::numeric_limits<int>::max();
  if (least && most) text += fmt::format(", {} to {}", *parameter.min, *parameter.max);
  else if (least) text += fmt::format(", at least {}", *parameter.min);
  else if (most) text += fmt::format(", at most {}", *parameter.max);
  else if (!parameter.unit.empty()) text += ", in";
  return parameter.unit.empty() ? text : text + " " + parameter.unit;
}

std::string default_text(const ParameterInfo& parameter) {
  return parameter.value ? "default " + value_text(*parameter.value) : "to be set";
}

std::string need_text(const PortManifest& port) {
  return std::string(port.many ? ", many (under \"gather\")" : "") + (port.required ? "" : ", optional");
}

std::string traits_text(const StageManifest& stage) {
  std::string text;
  const auto add = [&](bool has, const char* trait) {
    if (has) text += (text.empty() ? "" : "; ") + std::string(trait);
  };
  add(stage.seeded, "draws random numbers");
  add(stage.accelerated, "can run on a GPU");
  add(stage.parallel, "uses several threads");
  add(stage.reports_run, "reports the run, so its result depends on time");
  return text;
}

}  // namespace morgana::host
