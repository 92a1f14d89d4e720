// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace morgana::files {

/// Bytes that come one after the other: a file, or a member of an archive.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Up to `capacity` bytes; 0 at the end. Throws `Error` where they cannot be read.
  virtual std::size_t read(char* into, std::size_t capacity) = 0;
};

}  // namespace morgana::files
