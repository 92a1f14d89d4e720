// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace morgana::packets {

/// What a captured packet starts with; the values are those of the registry (tcpdump.org/linktypes).
enum class LinkType : std::uint16_t {
  kNull = 0,  ///< BSD loopback: the address family in the writer's byte order
  kEthernet = 1,
  kRawBsd = 12,        ///< raw IP, as some systems number it
  kRaw = 101,          ///< raw IP, version in the first nibble
  kIeee80211 = 105,    ///< IEEE 802.11
  kLoop = 108,         ///< OpenBSD loopback: the address family in network order
  kLinuxCooked = 113,  ///< SLL
  kRadiotap = 127,     ///< IEEE 802.11 after a radiotap header
  kIpv4 = 228,
  kIpv6 = 229,
  kLinuxCooked2 = 276,  ///< SLL2
};

/// A packet as it stands in a capture file.
struct CapturedPacket {
  std::int64_t nanoseconds = 0;  ///< since 1970-01-01 UTC
  LinkType link_type = LinkType::kEthernet;
  std::uint32_t original_bytes = 0;       ///< on the wire; as many or fewer were captured
  std::span<const std::uint8_t> bytes{};  ///< captured; valid until the next packet is read
};

}  // namespace morgana::packets
