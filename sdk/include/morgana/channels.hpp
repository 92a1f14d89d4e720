// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "morgana/error.hpp"
#include "morgana/traces.hpp"

namespace morgana {

/// A packet channel that stages know by name. A reader gives those it has; an own stage may add others.
struct ChannelInfo {
  std::string_view name, unit, doc;
};

inline constexpr ChannelInfo kStandardChannels[] = {
    {"PL", "bytes", "transport payload bytes"},
    {"IAT", "s", "seconds since the biflow's previous packet in either direction, first 0"},
    {"DIR", "", "-1 from the client or phone (up), +1 to it (down)"},
    {"WIN", "", "TCP window field, unscaled; 0 for UDP"},
    {"TIME", "s", "seconds since the biflow's first packet"},
    {"IPLEN", "bytes", "IP total length, headers included"},
    {"IPHL", "bytes", "IP header bytes, IPv6 extension headers included"},
    {"L4HL", "bytes", "transport header bytes: 8 for UDP, 20 to 60 for TCP"},
    {"FLAGS", "", "TCP flags as a sum: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128; 0 for UDP"},
};

/// What is known of a channel; null for one that is not standard.
constexpr const ChannelInfo* find_standard_channel(std::string_view name) {
  for (const auto& channel : kStandardChannels)
    if (channel.name == name) return &channel;
  return nullptr;
}

/// An empty channel of that name with its unit; throws `Error` where it is not standard.
inline PacketChannel standard_channel(std::string_view name) {
  const auto* info = find_standard_channel(name);
  if (info == nullptr) throw Error("there is no standard packet channel \"{}\"", name);
  return {std::string(info->name), std::string(info->unit), {}};
}

}  // namespace morgana
