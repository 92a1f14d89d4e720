// SPDX-License-Identifier: Apache-2.0
#include "flow_key.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace morgana::mirage_format {
namespace {

template <typename T>
bool read_number(std::string_view text, T& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::optional<FlowKey> read_flow_key(std::string_view text) {
  std::array<std::string_view, 5> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto comma = text.find(',');
    if ((comma == text.npos) != (i + 1 == parts.size())) return std::nullopt;
    parts[i] = text.substr(0, comma);
    text.remove_prefix(comma == text.npos ? text.size() : comma + 1);
  }
  FlowKey key;
  if (parts[0].empty() || parts[2].empty() || !read_number(parts[1], key.client_port) ||
      !read_number(parts[3], key.server_port) || !read_number(parts[4], key.protocol))
    return std::nullopt;
  if (parts[0].find(':') != parts[0].npos) key.version = IpVersion::k6;
  return key;
}

std::string invented_flow_key(std::uint64_t number, std::uint8_t protocol, IpVersion version) {
  constexpr std::uint64_t kFirstPort = 49152, kPorts = 16384, kServers = 508,
                          kClients = 254;  // RFC 6335: dynamic ports
  const auto port = kFirstPort + number % kPorts;
  const auto server = number / kPorts % kServers, client = number / kPorts / kServers % kClients;
  const bool second_range = server >= kServers / 2;
  const auto host = server % (kServers / 2) + 1;
  if (version == IpVersion::k6)
    return fmt::format("2001:db8::{:x},{},2001:db8:{}::{:x},443,{}", client + 1, port, second_range ? 2 : 1, host,
                       protocol);
  return fmt::format("192.0.2.{},{},{}.{},443,{}", client + 1, port, second_range ? "203.0.113" : "198.51.100", host,
                     protocol);
}

}  // namespace morgana::mirage_format
