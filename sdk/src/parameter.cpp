// SPDX-License-Identifier: Apache-2.0
#include "morgana/parameter.hpp"

#include <algorithm>
#include <cmath>

#include "morgana/stage.hpp"

namespace morgana {
namespace {

std::string shown(const ParameterValue& value) {
  return std::visit(
      [](const auto& held) -> std::string {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<T, std::string>) return "\"" + held + "\"";
        else if constexpr (std::is_arithmetic_v<T>) return fmt::format("{}", held);
        else return "a list";
      },
      value);
}

/// The value in the representation of `type`, where it has one without loss.
std::optional<ParameterValue> converted(ParameterType type, ParameterValue value) {
  const auto* integers = std::get_if<std::vector<std::int64_t>>(&value);
  // An empty list is written without elements, so its type is the declaration's.
  const bool empty_list = std::visit(
      [](const auto& held) {
        if constexpr (requires { held.empty(); } && !std::is_same_v<std::decay_t<decltype(held)>, std::string>)
          return held.empty();
        else return false;
      },
      value);
  switch (type) {
    case ParameterType::kInteger:
      if (std::holds_alternative<std::int64_t>(value)) return value;
      if (const auto* real = std::get_if<double>(&value);
          real && *real == std::floor(*real) && std::abs(*real) < 0x1p53)
        return static_cast<std::int64_t>(*real);  // 1e5 is an integer to a reader
      return std::nullopt;
    case ParameterType::kReal:
      if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
      if (std::holds_alternative<double>(value)) return value;
      return std::nullopt;
    case ParameterType::kBoolean:
      if (std::holds_alternative<bool>(value)) return value;
      return std::nullopt;
    case ParameterType::kChoice:  // a choice such as "2019" may be typed as the number it looks like
      if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
      [[fallthrough]];
    case ParameterType::kString:
    case ParameterType::kInputPath:
    case ParameterType::kOutputPath:
      if (std::holds_alternative<std::string>(value)) return value;
      return std::nullopt;
    case ParameterType::kIntegers:
      if (integers) return value;
      if (empty_list) return std::vector<std::int64_t>{};
      return std::nullopt;
    case ParameterType::kReals:
      if (integers) return std::vector<double>(integers->begin(), integers->end());
      if (std::holds_alternative<std::vector<double>>(value)) return value;
      if (empty_list) return std::vector<double>{};
      return std::nullopt;
    case ParameterType::kStrings:
      if (std::holds_alternative<std::vector<std::string>>(value)) return value;
      if (empty_list) return std::vector<std::string>{};
      return std::nullopt;
  }
  return std::nullopt;
}

void check_range(const ParameterInfo& info, double number) {
  const auto unit = info.unit.empty() ? "" : " " + info.unit;
  if (std::isnan(number)) throw Error("parameter \"{}\" is not a number", info.name);
  if (info.min && number < *info.min)
    throw Error("parameter \"{}\" is {}; the least is {}{}", info.name, number, *info.min, unit);
  if (info.max && number > *info.max)
    throw Error("parameter \"{}\" is {}; the most is {}{}", info.name, number, *info.max, unit);
}

void check_choice(const ParameterInfo& info, const std::string& text) {
  if (info.choices.empty()) return;
  if (std::find(info.choices.begin(), info.choices.end(), text) == info.choices.end())
    throw Error("parameter \"{}\" is \"{}\"; it can be {}", info.name, text, fmt::join(info.choices, ", "));
}

}  // namespace

const char* name_of(ParameterType type) {
  switch (type) {
    case ParameterType::kInteger:
      return "integer";
    case ParameterType::kReal:
      return "real";
    case ParameterType::kBoolean:
      return "boolean";
    case ParameterType::kString:
      return "string";
    case ParameterType::kChoice:
      return "choice";
    case ParameterType::kInputPath:
      return "input path";
    case ParameterType::kOutputPath:
      return "output path";
    case ParameterType::kIntegers:
      return "list of integers";
    case ParameterType::kReals:
      return "list of reals";
    case ParameterType::kStrings:
      return "list of strings";
  }
  return "unknown";
}

ParameterBase::ParameterBase(Stage& stage, ParameterInfo info) : info_(std::move(info)) {
  stage.declare_name("parameter", info_.name);
  if (info_.value) checked(info_, *info_.value);
  stage.parameters_.push_back(this);
}

void ParameterBase::set(ParameterValue value) { take(checked(info_, std::move(value))); }

ParameterValue checked(const ParameterInfo& info, ParameterValue value) {
  const std::string given = shown(value);
  auto result = converted(info.type, std::move(value));
  if (!result)
    throw Error("parameter \"{}\" takes {} {}, not {}", info.name,
                info.type == ParameterType::kInteger || info.type == ParameterType::kInputPath ||
                        info.type == ParameterType::kOutputPath
                    ? "an"
                    : "a",
                name_of(info.type), given);
  std::visit(
      [&](const auto& held) {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<T, bool>) return;
        else if constexpr (std::is_arithmetic_v<T>) check_range(info, static_cast<double>(held));
        else if constexpr (std::is_same_v<T, std::string>) check_choice(info, held);
        else if constexpr (std::is_same_v<T, std::vector<std::string>>)
          for (const auto& element : held) check_choice(info, element);
        else
          for (const auto element : held) check_range(info, static_cast<double>(element));
      },
      *result);
  return *result;
}

}  // namespace morgana
