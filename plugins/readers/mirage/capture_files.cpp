// SPDX-License-Identifier: Apache-2.0
#include "capture_files.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <vector>

#include "morgana/error.hpp"

namespace morgana::mirage {
namespace {

namespace fs = std::filesystem;

class PlainFile final : public ByteSource {
 public:
  PlainFile(const fs::path& path, BytesRead& bytes)
      : path_(path), bytes_(bytes), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (file_ < 0) fail();
    ::posix_fadvise(file_, 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  ~PlainFile() override { ::close(file_); }
  PlainFile(const PlainFile&) = delete;
  PlainFile& operator=(const PlainFile&) = delete;

  std::size_t read(char* into, std::size_t capacity) override {
    ssize_t count;
    do count = ::read(file_, into, capacity);
    while (count < 0 && errno == EINTR);
    if (count < 0) fail();
    bytes_.done += static_cast<std::uint64_t>(count);
    return static_cast<std::size_t>(count);
  }
  void rewind() {
    const auto position = ::lseek(file_, 0, SEEK_CUR);
    if (position < 0 || ::lseek(file_, 0, SEEK_SET) < 0) fail();
    bytes_.done -= static_cast<std::uint64_t>(position);
  }

 private:
  [[noreturn]] void fail() const {
    throw Error("cannot read {}: {}", path_.string(), std::generic_category().message(errno));
  }

  fs::path path_;
  BytesRead& bytes_;
  int file_;
};

/// The bytes of one member of an open archive.
class Member final : public ByteSource {
 public:
  Member(archive* from, std::string name, BytesRead& bytes, std::uint64_t before)
      : archive_(from), name_(std::move(name)), bytes_(bytes), before_(before) {}
  std::size_t read(char* into, std::size_t capacity) override {
    const auto count = archive_read_data(archive_, into, capacity);
    if (count < 0) throw Error("cannot read {}: {}", name_, archive_error_string(archive_));
    bytes_.done = before_ + static_cast<std::uint64_t>(archive_filter_bytes(archive_, -1));
    return static_cast<std::size_t>(count);
  }

 private:
  archive* archive_;
  std::string name_;
  BytesRead& bytes_;
  std::uint64_t before_;
};

bool is_capture(std::string_view name) { return name.ends_with(".json") || name.ends_with(".json.gz"); }

/// "./a/b.json" as "a/b.json"
std::string tidied(const std::string& name) { return fs::path(name).lexically_normal().generic_string(); }

void visit_archive(const fs::path& path, const std::string& name, BytesRead& bytes, const VisitCapture& visit) {
  const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
  archive_read_support_filter_all(reader.get());
  archive_read_support_format_tar(reader.get());
  archive_read_support_format_zip(reader.get());
  archive_read_support_format_raw(reader.get());  // one compressed file that is no archive
  const auto fail = [&] { throw Error("cannot read {}: {}", path.string(), archive_error_string(reader.get())); };
  if (archive_read_open_filename(reader.get(), path.c_str(), std::size_t{1} << 18) != ARCHIVE_OK) fail();
  const auto before = bytes.done;
  std::size_t captures = 0;
  archive_entry* entry = nullptr;
  for (int status; (status = archive_read_next_header(reader.get(), &entry)) != ARCHIVE_EOF;) {
    if (status < ARCHIVE_WARN) fail();
    const bool raw = archive_format(reader.get()) == ARCHIVE_FORMAT_RAW;
    const char* stored = archive_entry_pathname_utf8(entry);
    if (stored == nullptr) stored = archive_entry_pathname(entry);
    const std::string member = raw ? name : tidied(stored == nullptr ? "" : stored);
    if (!raw && (archive_entry_filetype(entry) != AE_IFREG || !is_capture(member))) continue;
    ++captures;
    Member source(reader.get(), path.string() + (raw ? "" : ":" + member), bytes, before);
    visit(member, source);
  }
  if (captures == 0) throw Error("no .json file in {}", path.string());
}

void visit_file(const fs::path& path, const std::string& name, BytesRead& bytes, const VisitCapture& visit) {
  PlainFile file(path, bytes);
  // By content, since only that counts in the cache: gzip, zip and tar start, or go on, in their own way.
  unsigned char head[512] = {};
  std::size_t size = 0;
  while (size < sizeof head) {
    const auto count = file.read(reinterpret_cast<char*>(head) + size, sizeof head - size);
    if (count == 0) break;
    size += count;
  }
  file.rewind();
  const bool gzip = head[0] == 0x1f && head[1] == 0x8b, zip = std::memcmp(head, "PK\x03\x04", 4) == 0;
  const bool tar = std::memcmp(head + 257, "ustar", 5) == 0;
  if (gzip || zip || tar) visit_archive(path, name, bytes, visit);
  else visit(name, file);
}

std::vector<fs::path> captures_below(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder, fs::directory_options::follow_directory_symlink))
    if (entry.is_regular_file() && is_capture(entry.path().filename().string()))
      files.push_back(entry.path().lexically_relative(folder));
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.generic_string() < b.generic_string(); });
  return files;
}

}  // namespace

void visit_captures(const fs::path& path, BytesRead& bytes, const VisitCapture& visit) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::exists(status)) throw Error("there is no file or folder {}", path.string());
  if (!fs::is_directory(status)) {
    bytes.total = fs::file_size(path);
    return visit_file(path, path.filename().string(), bytes, visit);
  }
  const auto files = captures_below(path);
  if (files.empty()) throw Error("no .json file in {} or its folders", path.string());
  for (const auto& file : files) bytes.total += fs::file_size(path / file);
  for (const auto& file : files) visit_file(path / file, file.generic_string(), bytes, visit);
}

}  // namespace morgana::mirage
