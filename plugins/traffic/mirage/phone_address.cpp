// SPDX-License-Identifier: Apache-2.0
#include "phone_address.hpp"

#include <fmt/format.h>

#include <cctype>

namespace morgana::mirage_format {

std::string address_in(std::string_view device) {
  constexpr std::size_t kLength = 17;
  if (device.size() < kLength) return "";
  std::string address(device.substr(device.size() - kLength));
  for (std::size_t i = 0; i < kLength; ++i) {
    auto& letter = address[i];
    if (i % 3 != 2) {
      if (std::isxdigit(static_cast<unsigned char>(letter)) == 0) return "";
      letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    } else if (letter == '_' || letter == ':') {
      letter = ':';
    } else {
      return "";
    }
  }
  return address;
}

std::string documentation_address(std::int32_t number) {
  return fmt::format("00:00:5e:00:53:{:02x}", static_cast<std::uint32_t>(number + 1) & 0xff);
}

}  // namespace morgana::mirage_format
