// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "morgana/nearest.hpp"

namespace morgana::host {

/// The name that was probably meant: the nearest, where at most a third of its letters differ.
std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& known);

/// `; did you mean "learning_rate"?`, or nothing.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& known);

}  // namespace morgana::host
