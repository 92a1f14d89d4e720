// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "packets/address.hpp"

namespace morgana::packets {

/// The 5-tuple of a biflow.
struct FlowKey {
  End client, server;
  std::uint8_t protocol = 0;
  auto operator<=>(const FlowKey&) const = default;

  IpVersion version() const noexcept { return client.address.version(); }
  /// As MIRAGE writes it: "ip,port,ip,port,protocol", client first.
  std::string text() const;
  /// Reads what `text` gives; none where it is no such key, or its addresses are of two versions.
  static std::optional<FlowKey> parse(std::string_view text);
};

/// What stands between the commas of a key, whatever it is; none where it is not five parts.
std::optional<std::array<std::string_view, 5>> parts_of_key(std::string_view key);

}  // namespace morgana::packets
