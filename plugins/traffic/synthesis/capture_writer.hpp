// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "packets/capture_bytes.hpp"

namespace morgana::synthesis {

enum class CaptureFormat : std::uint8_t {
  kPcapng,  ///< draft-ietf-opsawg-pcapng: may say what it is
  kPcap,    ///< draft-ietf-opsawg-pcap: has no place for words
};

enum class TimeResolution : std::uint8_t { kMicroseconds, kNanoseconds };

/// Writes a capture of Ethernet frames, packet by packet, through one buffer; little-endian.
class CaptureWriter {
 public:
  /// `application` and `comments` stand in the section header of a pcapng file; a comment holds 65535 bytes at most.
  /// Throws `Error` where the file cannot be written, here and later.
  CaptureWriter(const std::filesystem::path& file, CaptureFormat format, TimeResolution resolution,
                std::string_view application, const std::vector<std::string>& comments);
  ~CaptureWriter();
  CaptureWriter(const CaptureWriter&) = delete;
  CaptureWriter& operator=(const CaptureWriter&) = delete;

  /// Begins a packet, of `nanoseconds` since 1970, and returns the place of its `bytes` bytes, which the caller fills
  /// before the next call. A comment is dropped where the format has no place for it.
  std::uint8_t* packet(std::int64_t nanoseconds, std::uint32_t bytes, std::string_view comment = {});

  /// Writes what is left; without it the file is incomplete.
  void close();
  std::uint64_t bytes_written() const noexcept { return flushed_ + buffer_.size(); }

 private:
  void flush();

  std::filesystem::path path_;
  CaptureFormat format_;
  TimeResolution resolution_;
  int file_ = -1;
  packets::CaptureBytes buffer_;
  std::uint64_t flushed_ = 0;
};

}  // namespace morgana::synthesis
