// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "pipeline/json.hpp"

namespace morgana::host {

/// One value for each of some variables of `vary`.
using Combination = std::map<std::string, JsonValue>;

/// Names of the variables that stand in a text as `${name}`. `$${` is a literal `${`.
std::vector<std::string> variables_in(const std::string& text);

/// The text with its variables replaced; those that `values` lacks stay.
std::string substituted(const std::string& text, const Combination& values);

/// The value with the variables of every string in it replaced. A string that is one variable and nothing else takes
/// over the value's type: "${repeats}" becomes a number where the values are numbers.
JsonValue substituted(const JsonValue& value, const Combination& values);

/// The same names, "generator=ddpm,encoder=encode.gasf", in the order of the names.
std::string text_of(const Combination& values);

}  // namespace morgana::host
