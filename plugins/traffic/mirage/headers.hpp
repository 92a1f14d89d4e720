// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "packets/address.hpp"

/// What traces do not hold of a biflow's headers, estimated from what they do hold.
namespace morgana::mirage_format {

/// TCP flags of each packet: SYN and SYN-ACK where the biflow opens with packets without payload, first from the
/// client; then ACK, with PSH where there is payload. How the biflow closes is not known, so no FIN or RST is made up.
std::vector<std::uint8_t> derived_flags(std::span<const std::uint8_t> direction,
                                        std::span<const std::uint32_t> payload_bytes);

/// IP header bytes without options or extension headers.
constexpr std::uint16_t ip_header_bytes(packets::IpVersion version) {
  return version == packets::IpVersion::k6 ? 40 : 20;
}

/// TCP header bytes: 32 with the time-stamp option, 40 in a SYN that offers it; where a payload leaves no room for it
/// in an Ethernet frame, 20, and 32 in a SYN.
std::vector<std::uint16_t> tcp_header_bytes(std::span<const std::uint8_t> flags,
                                            std::span<const std::uint32_t> payload_bytes, packets::IpVersion version);

}  // namespace morgana::mirage_format
