// SPDX-License-Identifier: Apache-2.0
#include "packets/flow_key.hpp"

#include <fmt/format.h>

#include "packets/numbers.hpp"

namespace morgana::packets {

std::string FlowKey::text() const {
  return fmt::format("{},{},{},{},{}", client.address.text(), client.port, server.address.text(), server.port,
                     protocol);
}

std::optional<FlowKey> FlowKey::parse(std::string_view text) {
  const auto parts = parts_of_key(text);
  if (!parts) return std::nullopt;
  const auto client = Address::parse((*parts)[0]), server = Address::parse((*parts)[2]);
  const auto client_port = number_of<std::uint16_t>((*parts)[1]), server_port = number_of<std::uint16_t>((*parts)[3]);
  const auto protocol = number_of<std::uint8_t>((*parts)[4]);
  if (!client || !server || client->version() != server->version() || !client_port || !server_port || !protocol)
    return std::nullopt;
  return FlowKey{{*client, *client_port}, {*server, *server_port}, *protocol};
}

std::optional<std::array<std::string_view, 5>> parts_of_key(std::string_view key) {
  std::array<std::string_view, 5> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto comma = key.find(',');
    if ((comma == key.npos) != (i + 1 == parts.size())) return std::nullopt;
    parts[i] = key.substr(0, comma);
    key.remove_prefix(comma == key.npos ? key.size() : comma + 1);
  }
  return parts;
}

}  // namespace morgana::packets
