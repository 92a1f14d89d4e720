// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "packets/captured_packet.hpp"

namespace morgana::capture {

/// Writes one interface's packets to a pcapng file (draft-ietf-opsawg-pcapng), which is complete up to the last `flush`
/// whatever becomes of the process: there is nothing in it that is only right at the end.
class PcapngFile {
 public:
  struct Header {
    std::string application, hardware, os, comment;  ///< of the section
    std::string interface, filter;
    std::uint16_t link_type = 1;
    std::uint32_t snap_length = 0;
  };

  /// Makes the file, readable by its owner alone. Throws `Error` where there is one already, here and later where it
  /// cannot be written.
  PcapngFile(std::filesystem::path file, const Header& header);
  ~PcapngFile();
  PcapngFile(const PcapngFile&) = delete;
  PcapngFile& operator=(const PcapngFile&) = delete;

  void add(const packets::CapturedPacket& packet);
  /// Hands what was added to the system.
  void flush();
  /// Adds what the interface counted, and flushes.
  void finish(std::uint64_t received, std::uint64_t dropped, std::uint64_t dropped_by_interface);

  /// Bytes that a packet adds to the file.
  static std::uint64_t block_bytes(const packets::CapturedPacket& packet);
  std::uint64_t bytes() const noexcept { return written_ + buffer_.size(); }
  std::uint64_t packets() const noexcept { return packets_; }
  const std::filesystem::path& path() const noexcept { return path_; }
  int descriptor() const noexcept { return file_; }

 private:
  template <typename T>
  void put(T value);
  void put_padded(const void* bytes, std::size_t size);
  void put_option(std::uint16_t code, std::string_view value);
  std::size_t begin_block(std::uint32_t type);
  void end_block(std::size_t begin);

  std::filesystem::path path_;
  int file_;
  std::vector<std::uint8_t> buffer_;
  std::uint64_t written_ = 0, packets_ = 0;
  std::int64_t last_nanoseconds_ = 0;
};

}  // namespace morgana::capture
