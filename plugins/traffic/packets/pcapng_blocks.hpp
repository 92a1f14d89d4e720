// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "packets/capture_bytes.hpp"

/// Blocks of a pcapng file (draft-ietf-opsawg-pcapng) with one section and one interface. Texts that are empty are left
/// out, and cut after 65535 bytes.
namespace morgana::packets {

/// Types of blocks (section 11.1), and what a section's header says of its byte order.
enum PcapngBlock : std::uint32_t {
  kSectionHeader = 0x0a0d0d0a,
  kInterfaceDescription = 1,
  kObsoletePacket = 2,
  kSimplePacket = 3,
  kInterfaceStatistics = 5,
  kEnhancedPacket = 6
};
inline constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;

struct PcapngSection {
  std::string application, hardware, os;
  std::vector<std::string> comments;
};

struct PcapngInterface {
  std::string name, filter;
  std::uint16_t link_type = 1;
  std::uint32_t snap_length = 0;
  std::uint8_t time_digits = 9;  ///< of its packets' times: 9 for nanoseconds, 6 for microseconds
};

/// Packets that an interface counted.
struct PcapngStatistics {
  std::uint64_t received = 0;  ///< past the filter
  std::uint64_t dropped = 0;   ///< the buffer was full
  std::uint64_t dropped_by_interface = 0;
};

void put_section(CaptureBytes& bytes, const PcapngSection& section);
void put_interface(CaptureBytes& bytes, const PcapngInterface& interface);
void put_statistics(CaptureBytes& bytes, std::uint64_t time, const PcapngStatistics& statistics);

/// Adds a packet, of `time` in the interface's unit since 1970, and returns the place of its `captured` bytes.
std::uint8_t* put_packet(CaptureBytes& bytes, std::uint64_t time, std::uint32_t captured, std::uint32_t original,
                         std::string_view comment = {});
/// Bytes that a packet without a comment takes.
std::uint64_t packet_block_bytes(std::uint32_t captured) noexcept;

}  // namespace morgana::packets
