// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace morgana::host {

class Index;

/// Hash and size of a file or of a whole folder.
struct Content {
  std::string sha256;  ///< of a file: of its bytes; of a folder: of the names and contents in it, whatever its own name
  std::uint64_t bytes = 0;
};

/// Reads a file or folder; symbolic links are followed. `hash_file` gives a file's hash. Throws `Error` with the name
/// of what cannot be read.
Content content_of(const std::filesystem::path& path,
                   const std::function<std::string(const std::filesystem::path&)>& hash_file);
Content content_of(const std::filesystem::path& path);

/// The same, but a file whose `FileIdentity` is as it was is not read again.
Content content_of(const std::filesystem::path& path, Index& index);

}  // namespace morgana::host
