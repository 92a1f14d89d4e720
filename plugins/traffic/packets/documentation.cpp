// SPDX-License-Identifier: Apache-2.0
#include "packets/documentation.hpp"

#include <algorithm>

#include "morgana/error.hpp"

namespace morgana::packets {
namespace {

constexpr std::uint16_t kFirstClientPort = 60032;
constexpr std::uint64_t kClientPorts = 5504, kServers = 508, kClients = 254;
static_assert(kMostDocumentationKeys == kServers * kClientPorts * kClients);

Address ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint64_t host) {
  const std::uint8_t octets[]{a, b, c, static_cast<std::uint8_t>(host)};
  return Address::ipv4(octets);
}

/// Of 2001:db8:<network>::/48.
Address ipv6(std::uint8_t network, std::uint64_t host) {
  Address address{{0x20, 0x01, 0x0d, 0xb8, 0, network}};
  for (auto byte = address.bytes.rbegin(); host > 0; ++byte, host >>= 8) *byte = static_cast<std::uint8_t>(host);
  return address;
}

Address client(IpVersion version, std::uint64_t host) {
  return version == IpVersion::k6 ? ipv6(0xc, host) : ipv4(192, 0, 2, host);
}

Address server(IpVersion version, std::uint64_t number) {
  if (version == IpVersion::k6) return ipv6(0x5, 1 + number);
  return number < kServers / 2 ? ipv4(198, 51, 100, 1 + number) : ipv4(203, 0, 113, 1 + number - kServers / 2);
}

}  // namespace

FlowKey documentation_key(std::uint64_t index, std::uint8_t protocol, IpVersion version, std::uint16_t server_port) {
  if (version == IpVersion::k4 && index >= kMostDocumentationKeys)
    throw Error("IPv4's documentation addresses are enough for {} biflows", kMostDocumentationKeys)
        .hint("write IPv6: \"ip\": \"ipv6\"");
  const auto port = static_cast<std::uint16_t>(kFirstClientPort + index / kServers % kClientPorts);
  return {{client(version, 1 + index / kServers / kClientPorts), port},
          {server(version, index % kServers), server_port},
          protocol};
}

bool is_documentation_client(const Address& address) noexcept {
  const auto network = client(address.version(), 0);
  const auto length = address.is_ipv4() ? 15 : 6;
  return std::equal(address.bytes.begin(), address.bytes.begin() + length, network.bytes.begin());
}

}  // namespace morgana::packets
