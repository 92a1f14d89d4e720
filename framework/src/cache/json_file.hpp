// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace morgana::host {

/// Reads a JSON file that Morgana wrote. Throws `Error` that says in plain words what is wrong: "cannot read
/// runs/latest/run.json: it breaks off at line 3, column 7".
nlohmann::json read_json(const std::filesystem::path& file);

/// The same, for callers that name the file themselves: the message is "it breaks off at line 3, column 7".
nlohmann::json json_in(const std::filesystem::path& file);

}  // namespace morgana::host
