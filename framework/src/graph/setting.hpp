// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "morgana/parameter.hpp"
#include "pipeline/json.hpp"

namespace morgana::host {

/// The value as a parameter takes it; throws `Error` where JSON's value has no such form (null, an object, a mixed
/// list).
ParameterValue parameter_value(const std::string& name, const JsonValue& value);

/// The text with `$NAME` replaced by the environment variable of that name (capitals, digits and _); throws `Error`
/// where it is not set.
std::string with_environment(const std::string& text);

/// An input path as the stage gets it: absolute, relative ones seen from `folder`. Throws `Error` where nothing is
/// there. An empty path stays empty.
std::string input_path(const std::string& name, const std::string& text, const std::filesystem::path& folder);

}  // namespace morgana::host
