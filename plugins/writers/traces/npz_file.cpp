// SPDX-License-Identifier: Apache-2.0
#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <span>

#include "morgana/error.hpp"
#include "trace_files.hpp"

namespace morgana::write_traces {
namespace {

static_assert(std::endian::native == std::endian::little, "the arrays are written as they lie in memory");

template <typename T>
constexpr const char* numpy_type() {
  if constexpr (std::is_same_v<T, float>) return "<f4";
  else if constexpr (std::is_same_v<T, double>) return "<f8";
  else if constexpr (std::is_same_v<T, std::int32_t>) return "<i4";
  else if constexpr (std::is_same_v<T, std::uint8_t>) return "|u1";
  else return "<i8";
}

/// The NPY format, version 1.0: magic, header of a multiple of 64 bytes, elements.
std::string npy_header(const std::string& type, std::size_t count) {
  auto text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({},), }}", type, count);
  constexpr std::size_t kPrefix = 10;
  text.append(63 - (kPrefix + text.size()) % 64, ' ').push_back('\n');
  std::string header("\x93NUMPY\x01\x00", 8);
  header.push_back(static_cast<char>(text.size() & 0xff));
  header.push_back(static_cast<char>(text.size() >> 8));
  return header + text;
}

/// UTF-8 as code points; what is not UTF-8 becomes the replacement character.
std::u32string code_points(const std::string& text) {
  std::u32string points;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i++]);
    const std::size_t tail = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 4;
    if (tail > 3 || i + tail > text.size()) {
      points.push_back(U'\uFFFD');
      continue;
    }
    char32_t point = tail == 0 ? first : first & (0x3fu >> tail);
    for (std::size_t k = 0; k < tail; ++k) point = point << 6 | (static_cast<unsigned char>(text[i++]) & 0x3fu);
    points.push_back(point <= 0x10ffff ? point : U'\uFFFD');
  }
  return points;
}

class NpzFile {
 public:
  explicit NpzFile(const std::filesystem::path& file) : path_(file), zip_(archive_write_new(), archive_write_free) {
    check(archive_write_set_format_zip(zip_.get()));
    check(archive_write_set_options(zip_.get(), "zip:compression=store"));
    check(archive_write_open_filename(zip_.get(), file.c_str()));
  }

  template <typename T>
  void add(const std::string& name, std::span<const T> values) {
    add_bytes(name, npy_header(numpy_type<T>(), values.size()), values.data(), values.size_bytes());
  }

  void add_text(const std::string& name, const std::vector<std::string>& texts) {
    std::vector<std::u32string> points;
    std::size_t longest = 1;
    for (const auto& text : texts) longest = std::max(longest, points.emplace_back(code_points(text)).size());
    std::u32string block(longest * texts.size(), U'\0');
    for (std::size_t i = 0; i < points.size(); ++i)
      std::copy(points[i].begin(), points[i].end(), block.begin() + static_cast<std::ptrdiff_t>(i * longest));
    add_bytes(name, npy_header(fmt::format("<U{}", longest), texts.size()), block.data(),
              block.size() * sizeof(char32_t));
  }

  void close() { check(archive_write_close(zip_.get())); }

 private:
  void check(int status) const {
    if (status < ARCHIVE_WARN) throw Error("cannot write {}: {}", path_.string(), archive_error_string(zip_.get()));
  }
  void add_bytes(const std::string& name, const std::string& header, const void* data, std::size_t size) {
    const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(), archive_entry_free);
    archive_entry_set_pathname(entry.get(), (name + ".npy").c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(header.size() + size));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    constexpr std::time_t kFirstZipTime = 315532800;  // 1 January 1980, the first that ZIP knows: no clock in the file
    archive_entry_set_mtime(entry.get(), kFirstZipTime, 0);
    check(archive_write_header(zip_.get(), entry.get()));
    write(header.data(), header.size());
    write(data, size);
    check(archive_write_finish_entry(zip_.get()));
  }
  void write(const void* data, std::size_t size) {
    if (size > 0 && archive_write_data(zip_.get(), data, size) != static_cast<la_ssize_t>(size)) check(ARCHIVE_FATAL);
  }

  std::filesystem::path path_;
  std::unique_ptr<archive, int (*)(archive*)> zip_;
};

void add_names(NpzFile& npz, const std::string& name, const NameColumn& column) {
  if (column.id.empty()) return;
  npz.add<std::int32_t>(name, column.id);
  npz.add_text(name + "_names", column.names);
}

}  // namespace

void write_npz(const Traces& traces, const std::filesystem::path& file) {
  const auto& table = traces.table();
  NpzFile npz(file);
  const std::vector<std::int64_t> offsets(table.offsets.begin(), table.offsets.end());
  npz.add<std::int64_t>("offsets", offsets);
  for (const auto& channel : table.channels) npz.add<float>(channel.name, channel.values);
  if (!table.payload.offsets.empty()) {
    const std::vector<std::int64_t> ends(table.payload.offsets.begin(), table.payload.offsets.end());
    npz.add<std::int64_t>("payload_offsets", ends);
    npz.add<std::uint8_t>("payload", table.payload.bytes);
  }
  add_names(npz, "label", table.label);
  add_names(npz, "capture", table.capture);
  add_names(npz, "device", table.device);
  if (!table.label_source.empty()) {
    std::vector<std::uint8_t> sources;
    for (const auto source : table.label_source) sources.push_back(static_cast<std::uint8_t>(source));
    npz.add<std::uint8_t>("label_source", sources);
  }
  if (!table.keys.empty()) npz.add_text("keys", table.keys);
  for (const auto& column : table.columns) npz.add<double>(column.name, column.values);
  npz.close();
}

}  // namespace morgana::write_traces
