// SPDX-License-Identifier: Apache-2.0
#include "selection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "morgana/error.hpp"

namespace morgana::mirage {
namespace {

struct ChannelList {
  std::string_view channel;
  PacketList list;
};
constexpr ChannelList kChannelLists[] = {
    {"PL", kPayload},         {"IAT", kInterArrival},          {"DIR", kDirection},
    {"WIN", kWindow},         {"TIME", kInterArrival},         {"IPLEN", kIpBytes},
    {"IPHL", kIpHeaderBytes}, {"L4HL", kTransportHeaderBytes}, {"FLAGS", kFlags},
};

bool needs_activity(LabelKind label) { return label == LabelKind::kActivity || label == LabelKind::kAppActivity; }

}  // namespace

PacketList list_of(const std::string& channel) {
  for (const auto& [name, list] : kChannelLists)
    if (name == channel) return list;
  throw Error("MIRAGE has no channel \"{}\"", channel);
}

void Selection::check() const {
  if (channels.empty()) throw Error("no channel is asked for");
  if (packets != 0 && packets < minimum_packets)
    throw Error("minimum_packets {} is more than packets {}", minimum_packets, packets);
  for (auto channel = channels.begin(); channel != channels.end(); ++channel) {
    if (std::find(release->channels.begin(), release->channels.end(), *channel) == release->channels.end())
      throw Error("{} has no channel \"{}\"; it has {}", release->name, *channel, fmt::join(release->channels, ", "));
    if (std::find(channels.begin(), channel, *channel) != channel)
      throw Error("channel \"{}\" is asked for twice", *channel);
  }
}

Wanted Selection::wanted() const {
  Wanted wanted;
  for (const auto& channel : channels) wanted.lists[list_of(channel)] = true;
  if (zero_payload == ZeroPayload::kDrop || payload_bytes > 0) wanted.lists[kPayload] = true;
  // Where a UDP biflow has no list of them, their number is that of another list.
  if (wanted.lists[kWindow] || wanted.lists[kFlags]) wanted.lists[kDirection] = true;
  // Where packets are dropped, it is not known beforehand how many must be read to keep enough.
  wanted.packets = zero_payload == ZeroPayload::kDrop ? 0 : packets;
  wanted.payload_bytes = payload_bytes;
  wanted.start = release->timestamps;
  wanted.activity = needs_activity(label) || release->unknown_activity_background;
  wanted.features = features;
  return wanted;
}

}  // namespace morgana::mirage
