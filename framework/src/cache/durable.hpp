// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

namespace morgana::host {

/// Flushes a file or folder to the disk; throws `Error` where that fails.
void flush_to_disk(const std::filesystem::path& path);

/// Flushes every file and folder of a tree, children first.
void flush_tree_to_disk(const std::filesystem::path& folder);

/// Replaces a file as a whole: writes beside it and renames, so that no reader ever sees half of it.
void write_whole_file(const std::filesystem::path& file, std::string_view text);

}  // namespace morgana::host
