// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "byte_source.hpp"

namespace morgana::mirage {

/// How much of what is on the disk was read, compressed where it is compressed.
struct BytesRead {
  std::uint64_t done = 0, total = 0;
};

/// Visits the capture files of `path` one after the other: the file itself, the ".json" and ".json.gz" files of a
/// folder and its folders by name, or the ".json" members of an archive (tar, tar.gz, zip) in its order.
///
/// `visit` gets the file's path below `path`, with '/' between its parts, and its bytes. Archives are streamed, never
/// unpacked to the disk. `bytes` is kept up to date while bytes are read. Throws `Error` where there is no file.
using VisitCapture = std::function<void(const std::string& name, ByteSource& source)>;
void visit_captures(const std::filesystem::path& path, BytesRead& bytes, const VisitCapture& visit);

}  // namespace morgana::mirage
