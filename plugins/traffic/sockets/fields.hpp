// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "packets/dissect.hpp"
#include "packets/numbers.hpp"

/// The words of a line.
namespace morgana::sockets {

/// What stands between blanks.
std::vector<std::string_view> fields_of(std::string_view line);
/// What stands between single tabs, empty ones too.
std::vector<std::string_view> cells_of(std::string_view line);
std::string_view trimmed(std::string_view text);

using packets::number_of;

/// "10.0.0.2:443", "[2001:db8::1%eth0]:443", "fe80::1:443" (the last colon parts the port), "*:22": an end as netstat
/// and ss write it. The address "*" is any, the port "*" is 0. Nothing where it is not numeric.
std::optional<packets::End> end_of(std::string_view text);

/// An end as `end_of` reads it; an address that is any becomes "*".
std::string text_of(const packets::End& end);

/// 6 of "tcp", "tcp4", "tcp6", 17 of "udp", "udp4", "udp6"; 0 of others.
std::uint8_t protocol_of(std::string_view name);

}  // namespace morgana::sockets
