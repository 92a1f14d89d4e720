// SPDX-License-Identifier: Apache-2.0
#include "synthesis/endpoints.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "morgana/error.hpp"
#include "synthesis/checksum.hpp"

namespace morgana::synthesis {
namespace {

constexpr std::uint16_t kFirstClientPort = 60032;
constexpr std::uint64_t kClientPorts = 5504, kServers = 508, kClients = 254;

packets::Address mapped(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint64_t d) {
  packets::Address address;
  address.bytes[10] = address.bytes[11] = 0xff;
  address.bytes[12] = a, address.bytes[13] = b, address.bytes[14] = c;
  address.bytes[15] = static_cast<std::uint8_t>(d);
  return address;
}

packets::Address documentation_ipv6(std::uint16_t network, std::uint64_t host) {
  packets::Address address;
  put32(address.bytes.data(), 0x20010db8);
  put16(address.bytes.data() + 4, network);
  put32(address.bytes.data() + 8, static_cast<std::uint32_t>(host >> 32));
  put32(address.bytes.data() + 12, static_cast<std::uint32_t>(host));
  return address;
}

bool read_address(const std::string& text, packets::Address& address, IpVersion& version) {
  if (std::array<std::uint8_t, 4> four{}; inet_pton(AF_INET, text.c_str(), four.data()) == 1) {
    address = mapped(four[0], four[1], four[2], four[3]);
    version = IpVersion::kIpv4;
    return true;
  }
  version = IpVersion::kIpv6;
  return inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1;
}

template <typename T>
bool read_number(std::string_view text, T& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

Endpoints documentation_endpoints(std::uint64_t index, std::uint8_t protocol, IpVersion version,
                                  std::uint16_t server_port) {
  Endpoints endpoints;
  endpoints.protocol = protocol;
  endpoints.version = version;
  const std::uint64_t server = index % kServers, port = index / kServers % kClientPorts,
                      client = index / kServers / kClientPorts;
  endpoints.client.port = static_cast<std::uint16_t>(kFirstClientPort + port);
  endpoints.server.port = server_port;
  if (version == IpVersion::kIpv6) {
    endpoints.client.address = documentation_ipv6(0xc, 1 + client);
    endpoints.server.address = documentation_ipv6(0x5, 1 + server);
    return endpoints;
  }
  if (client >= kClients)
    throw Error("IPv4's documentation addresses are enough for {} biflows", kMostDocumentationBiflows)
        .hint("write IPv6: \"ip\": \"ipv6\"");
  endpoints.client.address = mapped(192, 0, 2, 1 + client);
  endpoints.server.address =
      server < kServers / 2 ? mapped(198, 51, 100, 1 + server) : mapped(203, 0, 113, 1 + server - kServers / 2);
  return endpoints;
}

bool parse_key(std::string_view key, Endpoints& endpoints) {
  std::array<std::string_view, 5> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto comma = key.find(',');
    if ((comma == std::string_view::npos) != (i + 1 == parts.size())) return false;
    parts[i] = key.substr(0, comma);
    if (comma != std::string_view::npos) key.remove_prefix(comma + 1);
  }
  IpVersion client_version{}, server_version{};
  if (!read_address(std::string(parts[0]), endpoints.client.address, client_version) ||
      !read_address(std::string(parts[2]), endpoints.server.address, server_version) ||
      client_version != server_version || !read_number(parts[1], endpoints.client.port) ||
      !read_number(parts[3], endpoints.server.port) || !read_number(parts[4], endpoints.protocol))
    return false;
  endpoints.version = client_version;
  return endpoints.protocol == packets::kTcp || endpoints.protocol == packets::kUdp;
}

std::string address_text(const packets::Address& address, IpVersion version) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool is_ipv4 = version == IpVersion::kIpv4;
  inet_ntop(is_ipv4 ? AF_INET : AF_INET6, address.bytes.data() + (is_ipv4 ? 12 : 0), text.data(), text.size());
  return text.data();
}

}  // namespace morgana::synthesis
