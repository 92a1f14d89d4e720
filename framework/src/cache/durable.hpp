// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

namespace morgana::host {

/// Flushes a file to the disk; throws `Error` where that fails.
void flush_to_disk(const std::filesystem::path& file);

/// Flushes what a folder lists, "" being the working folder: what was made in it, moved into it or out of it. Throws
/// `Error` where that fails.
void flush_folder_to_disk(const std::filesystem::path& folder);

/// Flushes every file and folder of a tree, children first.
void flush_tree_to_disk(const std::filesystem::path& folder);

/// Makes a folder and those above it that are missing, on the disk too: what is later put into it and flushed is not
/// lost with the folder in a power cut. Throws `Error`.
void make_folders(const std::filesystem::path& folder);

/// Writes a file beside `file` and flushes it, then renames: no reader ever sees half of it, nor does a power cut leave
/// half. That the file is there is certain once its folder was flushed. Throws `Error`.
void write_whole_file(const std::filesystem::path& file, std::string_view text);

}  // namespace morgana::host
