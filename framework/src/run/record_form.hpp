// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace morgana::host {

/// Checks that a run record has the form that its readers take for granted: `morgana` says that it is one, nodes have
/// names, and every member that is there has its type. Throws `Error` that names the file and the member.
void check_record_form(const nlohmann::json& record, const std::filesystem::path& file);

}  // namespace morgana::host
