// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace morgana::host {

/// The identity of a file on a disk, as far as it shows without reading it whole.
struct FileIdentity {
  std::string path;  ///< absolute
  std::int64_t size = 0, modified_nanoseconds = 0, inode = 0;
  /// XXH3 of sixteen blocks of 4 KiB spread over the file, its first and last among them; of all of it where it has no
  /// more. Sees what the other three do not: a file written in place whose time was then set back.
  std::int64_t sampled = 0;

  bool operator==(const FileIdentity&) const = default;
};

/// Throws `Error` with the file's name where it cannot be read.
FileIdentity identity_of(const std::filesystem::path& file);

}  // namespace morgana::host
