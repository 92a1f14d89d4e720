// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

namespace morgana::host {

/// The sole right to something, among all processes: held as an flock on a file that is removed with it.
///
/// A killed process loses its locks, so nothing has to be cleaned up after one.
class FileLock {
 public:
  /// Nothing where another process (or another lock of this one) holds it. Throws `Error` where the file cannot be
  /// made.
  static std::optional<FileLock> try_acquire(const std::filesystem::path& file);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  FileLock(std::filesystem::path file, int descriptor) : file_(std::move(file)), descriptor_(descriptor) {}
  void release() noexcept;

  std::filesystem::path file_;
  int descriptor_ = -1;
};

}  // namespace morgana::host
