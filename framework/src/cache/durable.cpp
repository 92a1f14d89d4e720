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

namespace fs = std::filesystem;

namespace {

/// 0, or errno.
int flush(const char* path, int flags) {
  const int descriptor = ::open(path, flags | O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  const int fault = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  return fault;
}

[[noreturn]] void fail_to_flush(const fs::path& path, int fault) {
  throw Error("cannot write {} to the disk: {}", path.string(), std::strerror(fault));
}

}  // namespace

void flush_to_disk(const fs::path& path) {
  if (const int fault = flush(path.c_str(), 0); fault != 0) fail_to_flush(path, fault);
}

void flush_tree_to_disk(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_symlink()) continue;
    if (entry.is_directory()) flush_tree_to_disk(entry.path());
    else flush_to_disk(entry.path());
  }
  flush_folder_to_disk(folder);
}

void flush_folder_to_disk(const fs::path& folder) {
  const int fault = flush(folder.empty() ? "." : folder.c_str(), O_DIRECTORY);
  // A folder that may be written but not read, and file systems that know no flushing of folders.
  const bool cannot_be = fault == EACCES || fault == EINVAL || fault == ENOTSUP;
  if (fault != 0 && !cannot_be) fail_to_flush(folder, fault);
}

void make_folders(const fs::path& folder) {
  const auto fail = [&](const std::error_code& fault) {
    throw Error("cannot make the folder {}: {}", folder.string(), fault.message());
  };
  std::error_code fault;
  const auto status = fs::status(folder, fault);
  if (folder.empty() || fs::is_directory(status)) return;
  if (fs::exists(status)) fail(std::make_error_code(std::errc::not_a_directory));
  if (status.type() != fs::file_type::not_found) fail(fault);
  make_folders(folder.parent_path());
  fs::create_directory(folder, fault);
  if (fault) fail(fault);
  flush_folder_to_disk(folder.parent_path());
}

void write_whole_file(const fs::path& file, std::string_view text) {
  const fs::path beside = file.string() + ".part";
  std::ofstream stream(beside, std::ios::binary | std::ios::trunc);
  stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  stream.close();
  if (!stream) throw Error("cannot write {}: {}", beside.string(), std::strerror(errno));
  flush_to_disk(beside);
  std::error_code fault;
  fs::rename(beside, file, fault);
  if (fault) throw Error("cannot write {}: {}", file.string(), fault.message());
}

}  // namespace morgana::host
