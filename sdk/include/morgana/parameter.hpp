// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "morgana/error.hpp"
#include "morgana/version.hpp"

namespace morgana {

class Stage;

/// A parameter's value on its way from the pipeline file to the stage.
using ParameterValue = std::variant<std::int64_t, double, bool, std::string, std::vector<std::int64_t>,
                                    std::vector<double>, std::vector<std::string>>;

enum class ParameterType {
  kInteger,
  kReal,
  kBoolean,
  kString,
  kChoice,
  kInputPath,
  kOutputPath,
  kIntegers,
  kReals,
  kStrings
};

MORGANA_API const char* name_of(ParameterType type);  ///< "integer", "list of strings"

/// One of a parameter's `choices`; compares with text.
struct Choice {
  std::string text;
  friend bool operator==(const Choice& choice, std::string_view other) { return choice.text == other; }
};

/// A file or folder that the stage reads. Its content enters the node's cache key; its name does not.
struct InputPath {
  std::filesystem::path path;
};

/// A file or folder that the stage writes, relative to the run's folder. The host keeps it with the node's outputs
/// and puts it in its place whenever the node is part of a run, cached or not.
struct OutputPath {
  std::filesystem::path path;
};

/// What a parameter declares about itself; documentation, validation and the reference come from here.
struct ParameterInfo {
  std::string name;
  ParameterType type = ParameterType::kString;
  std::optional<ParameterValue> value;  ///< the default; absent: the pipeline must give one
  std::string unit;
  std::optional<double> min, max;    ///< inclusive; for a list, of each element
  std::vector<std::string> choices;  ///< of a choice, or of each element of a list of strings; empty: any
  std::string doc;
  std::string origin;  ///< where the default comes from: a paper, an equation, a measurement
};

namespace detail {

template <typename T>
constexpr ParameterType parameter_type() {
  if constexpr (std::is_same_v<T, bool>) return ParameterType::kBoolean;
  else if constexpr (std::is_integral_v<T>) return ParameterType::kInteger;
  else if constexpr (std::is_floating_point_v<T>) return ParameterType::kReal;
  else if constexpr (std::is_same_v<T, std::string>) return ParameterType::kString;
  else if constexpr (std::is_same_v<T, Choice>) return ParameterType::kChoice;
  else if constexpr (std::is_same_v<T, InputPath>) return ParameterType::kInputPath;
  else if constexpr (std::is_same_v<T, OutputPath>) return ParameterType::kOutputPath;
  else if constexpr (std::is_same_v<T, std::vector<std::int64_t>>) return ParameterType::kIntegers;
  else if constexpr (std::is_same_v<T, std::vector<double>>) return ParameterType::kReals;
  else if constexpr (std::is_same_v<T, std::vector<std::string>>) return ParameterType::kStrings;
  else static_assert(!sizeof(T*), "a parameter is a bool, integer, real, string, Choice, path, or a list");
}

template <typename T>
ParameterValue to_value(const T& value) {
  if constexpr (std::is_same_v<T, bool>) return value;
  else if constexpr (std::is_integral_v<T>) return static_cast<std::int64_t>(value);
  else if constexpr (std::is_floating_point_v<T>) return static_cast<double>(value);
  else if constexpr (std::is_same_v<T, Choice>) return value.text;
  else if constexpr (std::is_same_v<T, InputPath> || std::is_same_v<T, OutputPath>) return value.path.string();
  else return value;
}

template <typename T>
T from_value(const ParameterValue& value) {
  if constexpr (std::is_same_v<T, bool>) return std::get<bool>(value);
  else if constexpr (std::is_integral_v<T>) return static_cast<T>(std::get<std::int64_t>(value));
  else if constexpr (std::is_floating_point_v<T>) return static_cast<T>(std::get<double>(value));
  else if constexpr (std::is_same_v<T, Choice>) return {std::get<std::string>(value)};
  else if constexpr (std::is_same_v<T, InputPath> || std::is_same_v<T, OutputPath>)
    return {std::filesystem::path(std::get<std::string>(value))};
  else return std::get<T>(value);
}

}  // namespace detail

/// The declaration of a `Param<T>`, written with designated initialisers in this order.
template <typename T>
struct ParameterSpec {
  // No default member initialisers: with them GCC 12 crashes on a spec inside a class ("in nothrow_spec_p").
  std::optional<T> value;  ///< the default; leave it out where the user must choose
  std::string unit;
  std::optional<double> min, max;
  std::vector<std::string> choices;
  std::string doc;
  std::string origin;
};

/// A parameter without its type; what the host sees.
class MORGANA_API ParameterBase {
 public:
  const ParameterInfo& info() const noexcept { return info_; }

  /// Checks type, range and choices, then takes the value; throws `Error` with the fact. An integer is taken for a
  /// real.
  void set(ParameterValue value);

  ParameterBase(const ParameterBase&) = delete;
  ParameterBase& operator=(const ParameterBase&) = delete;

 protected:
  ParameterBase(Stage& stage, ParameterInfo info);
  ~ParameterBase() = default;
  virtual void take(const ParameterValue& value) = 0;

 private:
  ParameterInfo info_;
};

/// Checks a value against a declaration and returns it in the declared type; throws `Error` with the fact.
MORGANA_API ParameterValue checked(const ParameterInfo& info, ParameterValue value);

/// A parameter of a stage, read with `*name` in `run`.
template <typename T>
class Param final : public ParameterBase {
 public:
  Param(Stage& stage, std::string name, ParameterSpec<T> spec)
      : ParameterBase(stage, info_of(std::move(name), spec)), value_(std::move(spec.value)) {}

  const T& operator*() const {
    if (!value_) throw Error("parameter \"{}\" has no value", info().name);
    return *value_;
  }
  const T* operator->() const { return &**this; }

 private:
  static ParameterInfo info_of(std::string name, const ParameterSpec<T>& spec) {
    ParameterInfo info{std::move(name), detail::parameter_type<T>(),
                       std::nullopt,    spec.unit,
                       spec.min,        spec.max,
                       spec.choices,    spec.doc,
                       spec.origin};
    if (spec.value) info.value = detail::to_value(*spec.value);
    if constexpr (std::is_integral_v<T> && sizeof(T) <= sizeof(std::int32_t) && !std::is_same_v<T, bool>) {
      // A pipeline's integers have 64 bits: what this type cannot hold must not wrap.
      if (!info.min) info.min = static_cast<double>(std::numeric_limits<T>::min());
      if (!info.max) info.max = static_cast<double>(std::numeric_limits<T>::max());
    }
    return info;
  }
  void take(const ParameterValue& value) override { value_ = detail::from_value<T>(value); }

  std::optional<T> value_;
};

}  // namespace morgana
