// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "files/byte_source.hpp"
#include "packets/captured_packet.hpp"

namespace morgana::packets {

/// Reads a capture file, pcap or pcapng, of either byte order and any time resolution, packet by packet.
///
/// pcap: the format of tcpdump (draft-ietf-opsawg-pcap), also with nanoseconds. pcapng: draft-ietf-opsawg-pcapng;
/// section header, interface description, enhanced, simple and obsolete packet blocks are read, others are passed by.
/// Memory is one window, which grows to the largest block: to what the file holds, never to what it claims.
class CaptureReader {
 public:
  static constexpr std::size_t kWindowBytes = 256 * 1024;
  /// No link layer carries more; a record that claims more is damage (libpcap's own limit).
  static constexpr std::uint32_t kMostPacketBytes = 256 * 1024;

  /// `name` is the file's name in messages. Throws `Error` where the file is neither pcap nor pcapng.
  CaptureReader(files::ByteSource& source, std::string name, std::size_t window_bytes = kWindowBytes);

  /// Goes to the next packet; false at the end of what can be read. Throws only what `source` throws.
  bool next(CapturedPacket& packet) {
    if (done_) return false;
    return pcapng_ ? next_pcapng(packet) : next_pcap(packet);
  }

  /// Why the reading ended before the end of the file: "byte 1400: a packet of 96 bytes is cut off"; "" where it
  /// did not. Everything before it was read.
  const std::string& damage() const noexcept { return damage_; }
  /// Blocks of a pcapng file that were left out because they contradict themselves, and what the first one's fault is.
  std::uint64_t bad_blocks() const noexcept { return bad_blocks_; }
  const std::string& first_bad_block() const noexcept { return first_bad_block_; }
  /// Comments of the file's section headers (pcapng's opt_comment).
  const std::vector<std::string>& comments() const noexcept { return comments_; }

 private:
  struct Interface {
    LinkType link_type = LinkType::kEthernet;
    std::uint32_t snap_length = 0;  ///< 0: none
    std::uint64_t ticks_per_second = 1'000'000;
    std::int64_t offset_seconds = 0;
  };

  bool need(std::size_t bytes) { return end_ - at_ >= bytes || refill(bytes); }
  bool refill(std::size_t bytes);
  void pass(std::uint64_t bytes);
  const std::uint8_t* here() const noexcept { return buffer_.get() + at_; }
  std::uint16_t u16(const std::uint8_t* bytes) const noexcept;
  std::uint32_t u32(const std::uint8_t* bytes) const noexcept;
  bool end(const std::string& why);
  void bad_block(const std::string& why);
  void read_pcap_header();
  bool next_pcap(CapturedPacket& packet);
  bool next_pcapng(CapturedPacket& packet);
  bool read_section_header();
  void read_interface(std::span<const std::uint8_t> body);
  bool read_packet_block(std::uint32_t type, std::span<const std::uint8_t> body, CapturedPacket& packet);

  files::ByteSource& source_;
  std::string name_;
  struct Free {
    void operator()(std::uint8_t* memory) const { std::free(memory); }
  };
  std::unique_ptr<std::uint8_t[], Free> buffer_;
  std::size_t capacity_ = 0, at_ = 0, end_ = 0;  ///< of the window: its size, the next byte, the end of what was read
  std::uint64_t dropped_ = 0;                    ///< bytes of the file before the window
  bool done_ = false, pcapng_ = false, swapped_ = false;
  std::size_t record_header_ = 16;          ///< pcap
  std::int64_t nanoseconds_a_tick_ = 1000;  ///< pcap
  std::string damage_, first_bad_block_;
  std::uint64_t bad_blocks_ = 0;
  std::vector<std::string> comments_;
  std::vector<Interface> interfaces_;
};

}  // namespace morgana::packets
