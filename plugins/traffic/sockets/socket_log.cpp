// SPDX-License-Identifier: Apache-2.0
#include "sockets/socket_log.hpp"

#include <algorithm>

namespace morgana::sockets {

void SocketLog::add(SocketRow row, std::string_view process) {
  if (is_any(row.local.address)) row.local.address = {};
  row.process = -1;
  if (!process.empty()) {
    const auto [place, is_new] = place_.try_emplace(std::string(process), static_cast<std::int32_t>(processes_.size()));
    if (is_new) processes_.push_back(place->first);
    row.process = place->second;
  }
  rows_.push_back(row);
}

std::string_view package_of(std::string_view process) { return process.substr(0, process.find(':')); }

bool is_any(const packets::Address& address) {
  const auto* begin = address.bytes.data();
  // ::ffff:0.0.0.0 is how 0.0.0.0 is held.
  return std::all_of(begin + (address.is_ipv4() ? 12 : 0), begin + 16, [](auto byte) { return byte == 0; });
}

}  // namespace morgana::sockets
