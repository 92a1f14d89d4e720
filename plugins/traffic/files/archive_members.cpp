// SPDX-License-Identifier: Apache-2.0
#include "files/archive_members.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "morgana/error.hpp"

namespace morgana::files {
namespace {

constexpr std::size_t kLeastBlock = 4 * 1024, kMostBlock = 256 * 1024;

/// A tar file ends with blocks of 512 zeros, a zip file with 22 bytes and perhaps a comment.
constexpr std::size_t kTailBytes = 512;

/// libarchive's texts, in plain words. It has one code for all its faults, so that the text is all there is to tell.
std::string_view in_plain_words(std::string_view text) {
  const auto speaks_of = [&](std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [&](auto word) { return text.find(word) != text.npos; });
  };
  if (speaks_of({"allocate memory", "Out of memory", "No memory"})) return "the memory does not suffice";
  if (speaks_of({"CRC", "checksum"})) return "the checksum does not agree; the file is damaged";
  if (speaks_of({"runcated"})) return "the bytes end too early; the file is truncated";
  if (speaks_of({"nsupported"})) return "it is packed in a way that cannot be read here: unpack it first";
  if (speaks_of({"ecompression", "decompress", "Lzma"})) return "its compressed bytes are damaged or end too early";
  return "the archive is damaged or ends too early";
}

}  // namespace

/// Where libarchive gets its bytes. An exception must not pass through C, so it waits here.
struct ArchiveMembers::Input {
  Input(ByteSource& from, DiskFile* on_disk) : source(from), disk(on_disk), reader(archive_read_new()) {}
  ~Input() { archive_read_free(reader); }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  template <typename Work>
  la_int64_t guarded(Work work) {
    try {
      return work();
    } catch (...) {
      failure = std::current_exception();
      archive_set_error(reader, EIO, "the bytes cannot be read");
      return ARCHIVE_FATAL;
    }
  }
  std::size_t fill() {
    const auto count = source.read(buffer.data(), std::min(block, buffer.size()));
    const auto last = std::min(count, kTailBytes);
    tail.insert(tail.end(), buffer.begin() + static_cast<std::ptrdiff_t>(count - last),
                buffer.begin() + static_cast<std::ptrdiff_t>(count));
    if (tail.size() > kTailBytes) tail.erase(tail.begin(), tail.end() - static_cast<std::ptrdiff_t>(kTailBytes));
    block = std::min(block * 4, kMostBlock);
    return count;
  }

  static la_ssize_t read(archive*, void* self, const void** bytes) {
    auto& input = *static_cast<Input*>(self);
    *bytes = input.buffer.data();
    return static_cast<la_ssize_t>(input.guarded([&] { return static_cast<la_int64_t>(input.fill()); }));
  }
  static la_int64_t seek(archive*, void* self, la_int64_t offset, int from) {
    auto& input = *static_cast<Input*>(self);
    input.block = kLeastBlock;
    return input.guarded([&] { return input.disk->seek(offset, from); });
  }
  static la_int64_t skip(archive*, void* self, la_int64_t wanted) {
    auto& input = *static_cast<Input*>(self);
    // What is near is read: it costs less than to begin anew.
    if (wanted < static_cast<la_int64_t>(kMostBlock)) return 0;
    input.block = kLeastBlock;
    return input.guarded([&] {
      const auto before = input.disk->seek(0, SEEK_CUR), end = input.disk->seek(0, SEEK_END);
      return input.disk->seek(std::min(before + wanted, end), SEEK_SET) - before;
    });
  }

  ByteSource& source;
  DiskFile* disk;
  archive* reader;
  std::vector<char> buffer = std::vector<char>(kMostBlock), tail;
  std::size_t block = kLeastBlock;  ///< so small after each jump, because a list of members is made of jumps
  std::exception_ptr failure;
};

ArchiveMembers::ArchiveMembers(DiskFile& file, std::string place)
    : input_(std::make_unique<Input>(file, &file)), place_(std::move(place)) {
  auto* const reader = input_->reader;
  archive_read_support_format_tar(reader);
  archive_read_support_format_zip(reader);
  archive_read_set_seek_callback(reader, Input::seek);
  archive_read_set_skip_callback(reader, Input::skip);
  archive_read_set_read_callback(reader, Input::read);
  archive_read_set_callback_data(reader, input_.get());
  if (archive_read_open1(reader) != ARCHIVE_OK) fail("");
}

ArchiveMembers::ArchiveMembers(ByteSource& source, std::string place)
    : input_(std::make_unique<Input>(source, nullptr)), place_(std::move(place)) {
  auto* const reader = input_->reader;
  archive_read_support_filter_bzip2(reader);
  archive_read_support_filter_xz(reader);
  archive_read_support_filter_zstd(reader);
  archive_read_support_format_tar(reader);
  archive_read_support_format_zip(reader);
  archive_read_support_format_raw(reader);  // one compressed file that is no archive
  archive_read_set_read_callback(reader, Input::read);
  archive_read_set_callback_data(reader, input_.get());
  if (archive_read_open1(reader) != ARCHIVE_OK) fail("");
}

ArchiveMembers::~ArchiveMembers() = default;

void ArchiveMembers::fail(const std::string& member) const {
  if (input_->failure) std::rethrow_exception(input_->failure);
  const auto place = place_ + (member.empty() ? "" : ":") + member;
  if (!member.empty() && encrypted_) throw Error("cannot read {}: it is encrypted: unpack it first", place);
  const char* stored = archive_error_string(input_->reader);
  const std::string_view text = stored == nullptr ? "" : stored;
  throw Error("cannot read {}: {}{}", place, in_plain_words(text), text.empty() ? "" : fmt::format(" ({})", text));
}

bool ArchiveMembers::next() {
  archive_entry* entry = nullptr;
  const int status = archive_read_next_header(input_->reader, &entry);
  if (input_->failure) std::rethrow_exception(input_->failure);
  if (status == ARCHIVE_EOF) return false;
  if (status < ARCHIVE_WARN) fail("");
  const int format = archive_format(input_->reader) & ARCHIVE_FORMAT_BASE_MASK;
  single_ = format == ARCHIVE_FORMAT_RAW;
  const bool bare = archive_filter_code(input_->reader, 0) == ARCHIVE_FILTER_NONE;
  format_ = bare && format == ARCHIVE_FORMAT_TAR   ? Format::kTar
            : bare && format == ARCHIVE_FORMAT_ZIP ? Format::kZip
                                                   : Format::kOther;
  encrypted_ = archive_entry_is_encrypted(entry) != 0;
  const char* stored = archive_entry_pathname_utf8(entry);
  if (stored == nullptr) stored = archive_entry_pathname(entry);
  stored_name_ = single_ || stored == nullptr ? "" : stored;
  const auto type = archive_entry_filetype(entry);
  kind_ = single_                                    ? Kind::kFile
          : archive_entry_hardlink(entry) != nullptr ? Kind::kLink
          : type == AE_IFREG                         ? Kind::kFile
          : type == AE_IFDIR                         ? Kind::kFolder
          : type == AE_IFLNK                         ? Kind::kLink
                                                     : Kind::kOther;
  return true;
}

std::size_t ArchiveMembers::read(char* into, std::size_t capacity) {
  const auto count = archive_read_data(input_->reader, into, capacity);
  if (count < 0 || input_->failure) fail(stored_name_);
  return static_cast<std::size_t>(count);
}

bool ArchiveMembers::finish() {
  auto& tail = input_->tail;
  if (auto* const disk = input_->disk) {
    disk->seek(std::max<std::int64_t>(disk->seek(0, SEEK_END) - static_cast<std::int64_t>(kTailBytes), 0), SEEK_SET);
    tail.clear();
  }
  while (input_->fill() > 0) {
  }
  if (format_ == Format::kZip)
    return std::string_view(tail.data(), tail.size()).find("PK\5\6") != std::string_view::npos;
  if (format_ == Format::kTar)
    return tail.size() == kTailBytes && std::all_of(tail.begin(), tail.end(), [](char byte) { return byte == 0; });
  return true;
}

}  // namespace morgana::files
