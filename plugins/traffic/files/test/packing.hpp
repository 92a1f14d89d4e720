// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include <string>
#include <vector>

#include "files/byte_source.hpp"

/// Archives made for tests, in memory.
namespace morgana::files::packing {

enum class Format { kZip, kStoredZip, kEncryptedZip, kTar, kTarGzip, kTarZstd, kTarXz, kTarBzip2 };

struct Member {
  std::string name, text;
  enum class Kind { kFile, kFolder, kSymbolicLink, kHardLink } kind = Kind::kFile;
};

inline std::string archive(Format format, const std::vector<Member>& members) {
  std::string bytes;
  auto* const out = ::archive_write_new();
  const bool zip = format == Format::kZip || format == Format::kStoredZip || format == Format::kEncryptedZip;
  if (zip) ::archive_write_set_format_zip(out);
  else ::archive_write_set_format_pax_restricted(out);
  if (format == Format::kStoredZip) ::archive_write_zip_set_compression_store(out);
  if (format == Format::kTarGzip) ::archive_write_add_filter_gzip(out);
  if (format == Format::kTarZstd) ::archive_write_add_filter_zstd(out);
  if (format == Format::kEncryptedZip) {
    ::archive_write_set_passphrase(out, "secret");
    ::archive_write_set_options(out, "zip:encryption=zipcrypt");
  }
  if (format == Format::kTarBzip2) ::archive_write_add_filter_bzip2(out);
  if (format == Format::kTarXz) ::archive_write_add_filter_xz(out);
  ::archive_write_set_bytes_in_last_block(out, 1);  // no padding after what gzip compressed
  ::archive_write_open(
      out, &bytes, nullptr,
      [](::archive*, void* into, const void* from, std::size_t size) {
        static_cast<std::string*>(into)->append(static_cast<const char*>(from), size);
        return static_cast<la_ssize_t>(size);
      },
      nullptr);
  for (const auto& member : members) {
    auto* const entry = ::archive_entry_new();
    ::archive_entry_set_pathname(entry, member.name.c_str());
    ::archive_entry_set_perm(entry, 0644);
    ::archive_entry_set_mtime(entry, 0, 0);
    ::archive_entry_set_filetype(entry, member.kind == Member::Kind::kFolder         ? AE_IFDIR
                                        : member.kind == Member::Kind::kSymbolicLink ? AE_IFLNK
                                                                                     : AE_IFREG);
    if (member.kind == Member::Kind::kSymbolicLink) ::archive_entry_set_symlink(entry, member.text.c_str());
    else if (member.kind == Member::Kind::kHardLink) ::archive_entry_set_hardlink(entry, member.text.c_str());
    else if (member.kind == Member::Kind::kFile)
      ::archive_entry_set_size(entry, static_cast<la_int64_t>(member.text.size()));
    ::archive_write_header(out, entry);
    if (member.kind == Member::Kind::kFile) ::archive_write_data(out, member.text.data(), member.text.size());
    ::archive_entry_free(entry);
  }
  ::archive_write_close(out);
  ::archive_write_free(out);
  return bytes;
}

inline std::string gzip(const std::string& text) {
  z_stream stream{};
  ::deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string bytes(::deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  ::deflate(&stream, Z_FINISH);
  bytes.resize(stream.total_out);
  ::deflateEnd(&stream);
  return bytes;
}

inline std::string text_of(ByteSource& source, std::size_t step = 1000) {
  std::string text, piece(step, '\0');
  while (const auto count = source.read(piece.data(), step)) text.append(piece, 0, count);
  return text;
}

}  // namespace morgana::files::packing
