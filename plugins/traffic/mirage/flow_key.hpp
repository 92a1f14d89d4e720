// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace morgana::mirage_format {

enum class IpVersion : std::uint8_t { k4, k6 };

/// What a key "ip,port,ip,port,protocol" says besides the addresses.
struct FlowKey {
  std::uint16_t client_port = 0, server_port = 0;
  std::uint8_t protocol = 0;
  IpVersion version = IpVersion::k4;
};

/// None where `text` is no such key.
std::optional<FlowKey> read_flow_key(std::string_view text);

/// A key that nobody owns: addresses from the ranges for documentation (RFC 5737, RFC 3849), server port 443. Numbers
/// below 2 * 10^9 give different keys of one protocol and version.
std::string invented_flow_key(std::uint64_t number, std::uint8_t protocol, IpVersion version);

}  // namespace morgana::mirage_format
