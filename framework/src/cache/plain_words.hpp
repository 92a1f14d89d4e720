// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <string>

namespace morgana::host {

/// What an exception means to a user: those of nlohmann/json, std::filesystem and std speak of themselves.
std::string plain_words(const std::exception& exception);

}  // namespace morgana::host
