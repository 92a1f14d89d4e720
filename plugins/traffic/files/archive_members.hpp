// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "files/byte_source.hpp"
#include "files/disk_file.hpp"

namespace morgana::files {

/// Walks over the members of an archive (tar, zip), or over the one file that xz, zstd or bzip2 hold, in its order.
class ArchiveMembers final : public ByteSource {
 public:
  /// A file on the disk, in which the walk steps over what is not read.
  ArchiveMembers(DiskFile& file, std::string place);
  /// Bytes as they come. `place` names the archive in messages.
  ArchiveMembers(ByteSource& source, std::string place);
  ~ArchiveMembers() override;

  /// Goes to the next member; false at the end. Throws `Error` where the archive is damaged.
  bool next();

  enum class Kind { kFile, kFolder, kLink, kOther };
  Kind kind() const noexcept { return kind_; }
  /// As it is stored, which may be anything; "" for the one file of a compressed file that is no archive.
  const std::string& stored_name() const noexcept { return stored_name_; }
  bool is_single() const noexcept { return single_; }
  /// Bytes of the member at which the walk stands. Throws `Error` where they are damaged.
  std::size_t read(char* into, std::size_t capacity) override;

  /// Reads what follows the last member, so that the source's own checks are made; false where a tar or zip file lacks
  /// the mark at its end, as a truncated one does.
  bool finish();

 private:
  struct Input;
  [[noreturn]] void fail(const std::string& member) const;

  std::unique_ptr<Input> input_;
  std::string place_, stored_name_;
  Kind kind_ = Kind::kOther;
  bool single_ = false, encrypted_ = false;
  enum class Format { kTar, kZip, kOther } format_ = Format::kOther;
};

}  // namespace morgana::files
