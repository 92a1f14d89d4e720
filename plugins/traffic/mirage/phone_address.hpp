// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace morgana::mirage_format {

/// The MAC address that a device's name is, or ends with: "Nexus7_bc_ee_7b_a4_09_47" gives "bc:ee:7b:a4:09:47"; ""
/// where there is none.
std::string address_in(std::string_view device);

/// A MAC address that no device has (RFC 7042, 2.1.2), the same for the same number.
std::string documentation_address(std::int32_t number);

}  // namespace morgana::mirage_format
