// SPDX-License-Identifier: Apache-2.0
#include "packets/mac_address.hpp"

#include <fmt/format.h>

#include <cctype>

namespace morgana::packets {

std::string mac_at_start(std::string_view text) {
  if (text.size() < kMacLength) return "";
  std::string address(text.substr(0, kMacLength));
  for (std::size_t i = 0; i < kMacLength; ++i) {
    auto& letter = address[i];
    const bool parts = i % 3 == 2;
    if (parts ? letter != ':' && letter != '_' : std::isxdigit(static_cast<unsigned char>(letter)) == 0) return "";
    letter = parts ? ':' : static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return address;
}

std::string mac_at_end(std::string_view text) {
  return text.size() < kMacLength ? "" : mac_at_start(text.substr(text.size() - kMacLength));
}

std::string documentation_mac(std::int32_t number) {
  return fmt::format("00:00:5e:00:53:{:02x}", static_cast<std::uint32_t>(number + 1) & 0xff);
}

}  // namespace morgana::packets
