// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "files/file_names.hpp"
#include "morgana/trace_builder.hpp"

namespace morgana::files {

/// A file on the disk that is to be read.
struct DiskEntry {
  std::filesystem::path path;
  std::string name;  ///< below what the user named
};

/// The file `path` itself, or the wanted files of a folder and its folders by name; where there are none of them, its
/// archives. Throws `Error` where there is nothing.
std::vector<DiskEntry> find_files(const std::filesystem::path& path, const Endings& endings, Omissions& left_out);

}  // namespace morgana::files
