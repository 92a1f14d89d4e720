// SPDX-License-Identifier: Apache-2.0
#include "files/unpacking.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "files/archive_members.hpp"
#include "files/gzip_source.hpp"
#include "morgana/error.hpp"

namespace morgana::files {
namespace {

constexpr std::size_t kHeadBytes = 512;

/// A source whose first bytes were looked at.
class Peeked final : public ByteSource {
 public:
  explicit Peeked(ByteSource& source) : source_(source) {
    while (size_ < kHeadBytes) {
      const auto count = source.read(head_.data() + size_, kHeadBytes - size_);
      if (count == 0) break;
      size_ += count;
    }
  }
  std::string_view head() const { return {head_.data(), size_}; }
  std::size_t read(char* into, std::size_t capacity) override {
    if (at_ == size_) return source_.read(into, capacity);
    const auto count = std::min(capacity, size_ - at_);
    std::memcpy(into, head_.data() + at_, count);
    at_ += count;
    return count;
  }

 private:
  ByteSource& source_;
  std::array<char, kHeadBytes> head_{};
  std::size_t size_ = 0, at_ = 0;
};

/// One member of an archive, metered.
class Member final : public ByteSource {
 public:
  Member(ArchiveMembers& members, InflationMeter meter) : members_(members), meter_(std::move(meter)) {}
  std::size_t read(char* into, std::size_t capacity) override {
    const auto count = members_.read(into, capacity);
    meter_.add(count);
    return count;
  }

 private:
  ArchiveMembers& members_;
  InflationMeter meter_;
};

enum class Content { kPlain, kGzip, kArchive };

Content content_of(std::string_view head) {
  using namespace std::string_view_literals;
  if (head.starts_with("\x1f\x8b"sv)) return Content::kGzip;
  // zip (also an empty one), zstd, xz, bzip2
  for (const auto start : {"PK\x03\x04"sv, "PK\x05\x06"sv, "\x28\xb5\x2f\xfd"sv, "\xfd\x37zXZ\0"sv, "BZh"sv})
    if (head.starts_with(start)) return Content::kArchive;
  return head.size() > 262 && head.substr(257, 5) == "ustar" ? Content::kArchive : Content::kPlain;
}

void drain(ByteSource& source) {
  std::array<char, 16 * 1024> bytes{};
  while (source.read(bytes.data(), bytes.size()) > 0) {
  }
}

}  // namespace

bool is_zip(const std::filesystem::path& file) {
  BytesRead none;
  DiskFile disk(file, none);
  return Peeked(disk).head().starts_with("PK\x03\x04");
}

void Unpacking::read(DiskFile& disk, const std::string& name, const std::string& place, const ClaimMember& claim,
                     const FoundFile& found) {
  disk_ = &disk;
  found_ = &found;
  member_ = 0;
  const bool zip = Peeked(disk).head().starts_with("PK\x03\x04");
  disk.rewind();
  const Item file{name, place};
  if (!zip) return open(file, disk);
  ArchiveMembers members(disk, place);
  open_archive(members, file, claim);
}

void Unpacking::open(const Item& item, ByteSource& source) {
  Peeked peeked(source);
  const auto content = content_of(peeked.head());
  if (content == Content::kPlain) {
    if (!item.in_archive || is_wanted(item.name, endings_)) return (*found_)(item.name, member_, peeked);
    return left_out_.add("file named as an archive that is none", item.place);
  }
  check_layers(item);
  if (content == Content::kArchive) {
    ArchiveMembers members(peeked, item.place);
    return open_archive(members, item, nullptr);
  }
  GzipSource inflated(peeked, item.place, InflationMeter(inflation_, *disk_, item.place));
  open({item.name, item.place, item.layers + 1, item.in_archive}, inflated);
  drain(inflated);
}

void Unpacking::check_layers(const Item& item) const {
  const auto& limits = inflation_.limits;
  if (item.layers >= limits.layers)
    throw Error("{} is packed more than {} times over; unpack the outer archive and name the folder", item.place,
                limits.layers);
}

void Unpacking::open_archive(ArchiveMembers& members, const Item& item, const ClaimMember& claim) {
  std::size_t i = 0;
  for (; members.next(); ++i) {
    if (claim && !claim(i)) continue;
    if (!item.in_archive) member_ = i;
    const auto member = member_of(item, members);
    if (!members.is_single() && !is_to_be_read(members, member)) continue;
    Member source(members, InflationMeter(inflation_, *disk_, member.place));
    open(member, source);
  }
  if (claim && !claim(i)) return;  // what follows the members is one reader's, too
  if (!members.finish()) left_out_.add("archive without the mark at its end, perhaps truncated", item.place);
}

Unpacking::Item Unpacking::member_of(const Item& archive, const ArchiveMembers& members) const {
  if (members.is_single()) return {archive.name, archive.place, archive.layers + 1, archive.in_archive};
  const auto name = tidied(members.stored_name());
  return {archive.in_archive ? name_inside(archive.name, name) : name, archive.place + ':' + members.stored_name(),
          archive.layers + 1, true};
}

bool Unpacking::is_to_be_read(const ArchiveMembers& members, const Item& member) {
  using Kind = ArchiveMembers::Kind;
  if (members.kind() == Kind::kFolder || (!is_wanted(member.name, endings_) && !is_archive_name(member.name)))
    return false;
  const std::string why = members.kind() == Kind::kLink    ? "link in an archive"
                          : members.kind() == Kind::kOther ? "special file in an archive"
                          : is_resource_fork(member.name)  ? "file of macOS's own"
                                                           : unsafe_name(members.stored_name());
  if (why.empty()) return true;
  left_out_.add(why, member.place);
  return false;
}

}  // namespace morgana::files
