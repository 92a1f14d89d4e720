// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "packets/flow_key.hpp"

/// Addresses that RFC 5737 and RFC 3849 keep for documentation, so that none is anybody's: what written traffic has
/// where no trace says otherwise. Clients are in 192.0.2.0/24 or 2001:db8:c::/48, servers in 198.51.100.0/24 and
/// 203.0.113.0/24 or 2001:db8:5::/48.
namespace morgana::packets {

/// So many keys differ over IPv4.
inline constexpr std::uint64_t kMostDocumentationKeys = std::uint64_t{508} * 5504 * 254;

/// Key number `index` of a protocol and version, each index with another.
///
/// Client ports run from 60032 to 65535, where Wireshark has no dissector to apply. Throws `Error` where IPv4 has no
/// more.
FlowKey documentation_key(std::uint64_t index, std::uint8_t protocol, IpVersion version, std::uint16_t server_port);

/// Whether an address is in the range of the clients.
bool is_documentation_client(const Address& address) noexcept;

}  // namespace morgana::packets
