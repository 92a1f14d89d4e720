// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>  // fmt::format_string

#include <stdexcept>
#include <string>
#include <utility>

#include "morgana/version.hpp"

namespace morgana {

/// A fault that a user can mend: the text says the fact, `hint` the remedy.
///
/// Lower case, no full stop. The host adds library, node and stage.
///
///     throw morgana::Error("no trace has {} packets; the longest has {}", wanted, longest);
class MORGANA_API Error : public std::runtime_error {
 public:
  explicit Error(const std::string& text) : std::runtime_error(text) {}

  template <typename... Arguments>
  requires(sizeof...(Arguments) > 0) explicit Error(fmt::format_string<Arguments...> format, Arguments&&... arguments)
      : std::runtime_error(fmt::format(format, std::forward<Arguments>(arguments)...)) {}

  /// The same error with a remedy.
  Error&& hint(std::string text) && {
    hint_ = std::move(text);
    return std::move(*this);
  }
  const std::string& hint() const noexcept { return hint_; }

 private:
  std::string hint_;
};

/// Thrown by `Context::check_stop` when the user asked the run to stop; a stage lets it pass.
class MORGANA_API Stopped : public std::runtime_error {
 public:
  Stopped() : std::runtime_error("stopped on request") {}
};

}  // namespace morgana
