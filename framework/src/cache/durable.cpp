// SPDX-License-Identifier: Apache-2.0
#include "cache/durable.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include "morgana/error.hpp"

namespace morgana::host {

void flush_to_disk(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool flushed = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int fault = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!flushed) throw Error("cannot write {} to the disk: {}", path.string(), std::strerror(fault));
}

void flush_tree_to_disk(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_symlink()) continue;
    if (entry.is_directory()) flush_tree_to_disk(entry.path());
    else flush_to_disk(entry.path());
  }
  flush_to_disk(folder);
}

void write_whole_file(const std::filesystem::path& file, std::string_view text) {
  const std::filesystem::path beside = file.string() + ".part";
  std::ofstream stream(beside, std::ios::binary | std::ios::trunc);
  stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  stream.close();
  if (!stream) throw Error("cannot write {}: {}", beside.string(), std::strerror(errno));
  std::error_code fault;
  std::filesystem::rename(beside, file, fault);
  if (fault) throw Error("cannot write {}: {}", file.string(), fault.message());
}

}  // namespace morgana::host
