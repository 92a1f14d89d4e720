// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// MAC addresses in the names of devices and files: six pairs of hexadecimal digits with ':' or '_' between them.
namespace morgana::packets {

inline constexpr std::size_t kMacLength = 17;

/// The address that a text begins with, as "bc:ee:7b:a4:09:47"; "" where it begins with none.
std::string mac_at_start(std::string_view text);

/// The address that a text is, or ends with: of "Nexus7_bc_ee_7b_a4_09_47"; "" where there is none.
std::string mac_at_end(std::string_view text);

/// An address that no device has (RFC 7042, 2.1.2), the same for the same number.
std::string documentation_mac(std::int32_t number);

}  // namespace morgana::packets
