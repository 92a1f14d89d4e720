// SPDX-License-Identifier: Apache-2.0
#include "cache/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "morgana/error.hpp"

namespace morgana::host {

std::optional<FileLock> FileLock::try_acquire(const std::filesystem::path& file) {
  while (true) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) throw Error("cannot make the lock file {}: {}", file.string(), std::strerror(errno));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      const int fault = errno;
      ::close(descriptor);
      if (fault == EINTR) continue;
      if (fault == EWOULDBLOCK) return std::nullopt;
      throw Error("cannot lock {}: {}", file.string(), std::strerror(fault))
          .hint("the cache needs a file system with flock; choose another with --cache");
    }
    // The holder before us may have removed the file between our open and our lock: then ours is of no file.
    struct stat held {
    }, named{};
    if (::fstat(descriptor, &held) == 0 && ::stat(file.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
        held.st_dev == named.st_dev)
      return FileLock(file, descriptor);
    ::close(descriptor);
  }
}

FileLock::FileLock(FileLock&& other) noexcept
    : file_(std::move(other.file_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  if (this != &other) {
    release();
    file_ = std::move(other.file_);
    descriptor_ = std::exchange(other.descriptor_, -1);
  }
  return *this;
}

FileLock::~FileLock() { release(); }

void FileLock::release() noexcept {
  if (descriptor_ < 0) return;
  ::unlink(file_.c_str());  // before the lock goes: who opens the name from now on locks a new file
  ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace morgana::host
