// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "files/archive_members.hpp"
#include "files/byte_source.hpp"
#include "files/file_names.hpp"
#include "files/inflation.hpp"
#include "morgana/trace_builder.hpp"

namespace morgana::files {

/// Which of the members of an archive on the disk are to be read by this reader of it; null: all.
using ClaimMember = std::function<bool(std::size_t member)>;

/// What is done with a file found: its name below what the user named, its place among the members of the file on the
/// disk, and its bytes, which need not be read to their end.
using FoundFile = std::function<void(const std::string& name, std::size_t member, ByteSource& source)>;

/// Reads one file on the disk: itself, or what it holds where it is packed, archives in archives included. What a file
/// is, is told by its content. Nothing is written to the disk.
class Unpacking {
 public:
  Unpacking(const Endings& endings, Inflation& inflation, Omissions& left_out)
      : endings_(endings), inflation_(inflation), left_out_(left_out) {}

  /// `name` is what stands for the file where it holds only itself. Throws `Error` where it is damaged or passes a
  /// limit.
  void read(DiskFile& disk, const std::string& name, const std::string& place, const ClaimMember& claim,
            const FoundFile& found);

 private:
  /// A file or a member whose content is not yet known.
  struct Item {
    std::string name, place;  ///< below what the user named; for messages
    int layers = 0;           ///< of packing around it
    bool in_archive = false;
  };
  void open(const Item& item, ByteSource& source);
  void open_archive(ArchiveMembers& members, const Item& item, const ClaimMember& claim);
  Item member_of(const Item& archive, const ArchiveMembers& members) const;
  void check_layers(const Item& item) const;
  bool is_to_be_read(const ArchiveMembers& members, const Item& member);

  const Endings& endings_;
  Inflation& inflation_;
  Omissions& left_out_;
  DiskFile* disk_ = nullptr;
  const FoundFile* found_ = nullptr;
  std::size_t member_ = 0;
};

/// True where the file holds a zip archive, whose members may be read in any order.
bool is_zip(const std::filesystem::path& file);

}  // namespace morgana::files
