// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>

#include "files/byte_source.hpp"

namespace morgana::files {

/// How much of what is on the disk was read, compressed where it is compressed. Threads may add to it side by side.
struct BytesRead {
  std::atomic<std::uint64_t> done = 0, total = 0;
};

/// A file opened for reading.
class DiskFile final : public ByteSource {
 public:
  /// `bytes` is kept up to date while the file is read.
  DiskFile(const std::filesystem::path& path, BytesRead& bytes);
  ~DiskFile() override;
  DiskFile(const DiskFile&) = delete;
  DiskFile& operator=(const DiskFile&) = delete;

  std::size_t read(char* into, std::size_t capacity) override;
  /// Goes to a place, counted as `lseek` does; returns it from the file's start.
  std::int64_t seek(std::int64_t offset, int from);
  /// As if nothing had been read.
  void rewind();
  /// All bytes that were read, those read twice twice.
  std::uint64_t bytes_given() const noexcept { return given_; }

 private:
  [[noreturn]] void fail() const;

  std::filesystem::path path_;
  BytesRead& bytes_;
  std::uint64_t given_ = 0;
  int file_;
};

}  // namespace morgana::files
