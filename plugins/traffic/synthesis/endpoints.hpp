// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "packets/dissect.hpp"

namespace morgana::synthesis {

enum class IpVersion : std::uint8_t { kIpv4, kIpv6 };

/// The 5-tuple of a biflow.
struct Endpoints {
  packets::End client, server;
  std::uint8_t protocol = packets::kTcp;
  IpVersion version = IpVersion::kIpv4;
  auto operator<=>(const Endpoints&) const = default;
};

/// So many biflows get IPv4 addresses and client ports of their own from `documentation_endpoints`.
inline constexpr std::uint64_t kMostDocumentationBiflows = std::uint64_t{508} * 5504 * 254;

/// The addresses and ports of biflow number `index`, each index with others: addresses that RFC 5737 and RFC 3849
/// keep for documentation, so that none is anybody's.
///
/// Clients are in 192.0.2.0/24 or 2001:db8:c::/48, servers in 198.51.100.0/24 and 203.0.113.0/24 or 2001:db8:5::/48.
/// Client ports run from 60032 to 65535, where Wireshark has no dissector to apply.
Endpoints documentation_endpoints(std::uint64_t index, std::uint8_t protocol, IpVersion version,
                                  std::uint16_t server_port);

/// Reads a trace's key, "ip,port,ip,port,protocol", client first; false where it is none of TCP or UDP.
bool parse_key(std::string_view key, Endpoints& endpoints);

/// "192.0.2.1", "2001:db8:c::1"
std::string address_text(const packets::Address& address, IpVersion version);

}  // namespace morgana::synthesis
