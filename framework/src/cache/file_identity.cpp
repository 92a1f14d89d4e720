// SPDX-License-Identifier: Apache-2.0
#include "cache/file_identity.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <vector>

#include "morgana/error.hpp"

namespace morgana::host {
namespace {

constexpr std::int64_t kBlocks = 16, kBlockBytes = 4096;

/// Fills as much of `bytes` as there is from `offset` on; less than before where the file is being cut meanwhile.
ssize_t read_at(int descriptor, std::vector<char>& bytes, std::int64_t offset) {
  ssize_t got = 0;
  while (got < static_cast<ssize_t>(bytes.size())) {
    const auto count =
        ::pread(descriptor, bytes.data() + got, bytes.size() - static_cast<std::size_t>(got), offset + got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -1;
    if (count == 0) break;
    got += count;
  }
  return got;
}

}  // namespace

FileIdentity identity_of(const std::filesystem::path& file) {
  const auto fail = [&](int fault) { throw Error("cannot read {}: {}", file.string(), std::strerror(fault)); };
  struct Descriptor {
    int number;
    ~Descriptor() {
      if (number >= 0) ::close(number);
    }
  };
  const Descriptor descriptor{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (descriptor.number < 0) throw Error("cannot open {}: {}", file.string(), std::strerror(errno));
  struct stat status {};
  if (::fstat(descriptor.number, &status) != 0) fail(errno);
  FileIdentity identity{std::filesystem::absolute(file).string(), status.st_size,
                        std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec,
                        static_cast<std::int64_t>(status.st_ino), 0};
  const bool whole = identity.size <= kBlocks * kBlockBytes;
  const std::int64_t blocks = whole ? 1 : kBlocks;
  std::vector<char> block(static_cast<std::size_t>(whole ? identity.size : kBlockBytes));
  std::uint64_t hash = 0;
  for (std::int64_t i = 0; i < blocks; ++i) {
    const auto offset = whole ? 0 : (identity.size - kBlockBytes) / (kBlocks - 1) * i;
    const auto size = read_at(descriptor.number, block, i == kBlocks - 1 ? identity.size - kBlockBytes : offset);
    if (size < 0) fail(errno);
    hash = XXH3_64bits_withSeed(block.data(), static_cast<std::size_t>(size), hash);
  }
  identity.sampled = std::bit_cast<std::int64_t>(hash);
  return identity;
}

}  // namespace morgana::host
