// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "morgana/utf8.hpp"

namespace morgana::tables {

/// What "{file}" and "{folder}" stand for where a user names a column: the file's name without its endings, the name of
/// the folder it lies in. Nothing for a column's name.
std::optional<std::string> name_from_path(std::string_view column, const std::filesystem::path& file);

/// The columns that a table has, for a message about one that it lacks: the most similar first, at most ten.
std::string listed_by_nearness(std::string_view wanted, const std::vector<std::string>& columns);

}  // namespace morgana::tables
