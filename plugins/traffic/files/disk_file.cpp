// SPDX-License-Identifier: Apache-2.0
#include "files/disk_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "morgana/error.hpp"

namespace morgana::files {

DiskFile::DiskFile(const std::filesystem::path& path, BytesRead& bytes)
    : path_(path), bytes_(bytes), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (file_ < 0) fail();
  ::posix_fadvise(file_, 0, 0, POSIX_FADV_SEQUENTIAL);
}

DiskFile::~DiskFile() {
  if (file_ >= 0) ::close(file_);
}

void DiskFile::fail() const {
  throw Error("cannot read {}: {}", path_.string(), std::generic_category().message(errno));
}

std::size_t DiskFile::read(char* into, std::size_t capacity) {
  ssize_t count;
  do count = ::read(file_, into, capacity);
  while (count < 0 && errno == EINTR);
  if (count < 0) fail();
  bytes_.done += static_cast<std::uint64_t>(count);
  given_ += static_cast<std::uint64_t>(count);
  return static_cast<std::size_t>(count);
}

std::int64_t DiskFile::seek(std::int64_t offset, int from) {
  const auto position = ::lseek(file_, offset, from);
  if (position < 0) fail();
  return position;
}

void DiskFile::rewind() {
  seek(0, SEEK_SET);
  bytes_.done -= given_;
  given_ = 0;
}

}  // namespace morgana::files
