// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

#include "packets/captured_packet.hpp"
#include "packets/pcapng_blocks.hpp"

namespace morgana::capture {

/// Writes one interface's packets to a pcapng file, which is complete up to the last `flush` whatever becomes of the
/// process: there is nothing in it that is only right at the end.
class PcapngFile {
 public:
  struct Header {
    packets::PcapngSection section;
    packets::PcapngInterface interface;
  };

  /// Makes the file, readable by its owner alone. Throws `Error` where there is one already, here and later where it
  /// cannot be written.
  PcapngFile(std::filesystem::path file, const Header& header);
  ~PcapngFile();
  PcapngFile(const PcapngFile&) = delete;
  PcapngFile& operator=(const PcapngFile&) = delete;

  void add(const packets::CapturedPacket& packet);
  /// Hands what was added to the system. Where it throws, what was added since the last time is given up.
  void flush();
  /// Adds what the interface counted, and flushes.
  void finish(const packets::PcapngStatistics& statistics);

  std::uint64_t bytes() const noexcept { return written_ + buffer_.size(); }
  std::uint64_t packets() const noexcept { return packets_; }
  const std::filesystem::path& path() const noexcept { return path_; }
  int descriptor() const noexcept { return file_; }

 private:
  std::filesystem::path path_;
  int file_;
  packets::CaptureBytes buffer_;
  std::uint64_t written_ = 0, packets_ = 0, written_packets_ = 0;
  std::int64_t last_nanoseconds_ = 0;
};

}  // namespace morgana::capture
