// SPDX-License-Identifier: Apache-2.0
#include "packets/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include "morgana/error.hpp"

namespace morgana::packets {
namespace {

constexpr std::uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

bool Address::is_ipv4() const noexcept { return std::memcmp(bytes.data(), kMapped, sizeof kMapped) == 0; }

bool Address::is_private() const noexcept {
  if (is_ipv4()) {
    const auto* octets = bytes.data() + sizeof kMapped;
    return octets[0] == 10 || octets[0] == 127 || (octets[0] == 172 && octets[1] / 16 == 1) ||
           (octets[0] == 192 && octets[1] == 168) || (octets[0] == 169 && octets[1] == 254) ||
           (octets[0] == 100 && octets[1] / 64 == 1);
  }
  const bool loopback =
      std::all_of(bytes.begin(), bytes.end() - 1, [](auto byte) { return byte == 0; }) && bytes[15] == 1;
  return (bytes[0] & 0xfe) == 0xfc || (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) || loopback;
}

std::string Address::text() const {
  char text[INET6_ADDRSTRLEN] = {};
  if (is_ipv4()) inet_ntop(AF_INET, bytes.data() + sizeof kMapped, text, sizeof text);
  else inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
  return text;
}

std::optional<Address> Address::parse(std::string_view text) {
  const std::string terminated(text);
  std::uint8_t octets[4];
  if (inet_pton(AF_INET, terminated.c_str(), octets) == 1) return ipv4(octets);
  Address address;
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::vector<Address> parse_addresses(std::string_view parameter, const std::vector<std::string>& texts) {
  std::vector<Address> addresses;
  for (const auto& text : texts) {
    const auto address = Address::parse(text);
    if (!address) throw Error("parameter \"{}\": \"{}\" is no IP address", parameter, text);
    addresses.push_back(*address);
  }
  return addresses;
}

}  // namespace morgana::packets
