// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "plugin/manifest.hpp"

/// A stage's declarations in words: for `inspect` and the reference.
namespace morgana::host {

std::string value_text(const ParameterValue& value);       ///< as it is written in a pipeline
std::string type_text(const ParameterInfo& parameter);     ///< "integer, 1 to 64 images", "one of gasf, gadf"
std::string default_text(const ParameterInfo& parameter);  ///< "default 8", "to be set"
std::string need_text(const PortManifest& port);           ///< ", optional", ", many"
/// "draws random numbers; can run on a GPU", or "".
std::string traits_text(const StageManifest& stage);

}  // namespace morgana::host
