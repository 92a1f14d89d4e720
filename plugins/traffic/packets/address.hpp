// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace morgana::packets {

enum class IpVersion : std::uint8_t { k4, k6 };

/// An IPv6 address, or an IPv4 one in its mapped form ::ffff:a.b.c.d, in network order: a mapped one counts as the IPv4
/// address that it stands for, everywhere.
struct Address {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const Address&) const = default;
  bool is_ipv4() const noexcept;
  IpVersion version() const noexcept { return is_ipv4() ? IpVersion::k4 : IpVersion::k6; }
  /// Private, link-local, loopback or shared (RFC 1918, 3927, 4193, 4291, 6598).
  bool is_private() const noexcept;
  std::string text() const;  ///< "192.168.20.105", "2001:db8::1"
  /// Reads either notation; none where `text` is no address.
  static std::optional<Address> parse(std::string_view text);
  /// The four bytes of an IPv4 address, in network order.
  static Address ipv4(const std::uint8_t* octets) noexcept {
    return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, octets[0], octets[1], octets[2], octets[3]}};
  }
};

/// Reads the addresses that a user gave as a parameter; throws `Error` that names it where one is none.
std::vector<Address> parse_addresses(std::string_view parameter, const std::vector<std::string>& texts);

/// One end of a biflow.
struct End {
  Address address;
  std::uint16_t port = 0;
  auto operator<=>(const End&) const = default;
};

}  // namespace morgana::packets
