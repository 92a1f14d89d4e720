// SPDX-License-Identifier: Apache-2.0
#include "selection.hpp"

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

void Selection::check() const { form.check(release->name, release->channels); }

Wanted Selection::wanted() const {
  Wanted wanted;
  for (const auto& channel : form.channels) wanted.lists[list_of(channel)] = true;
  if (form.kept.drops_zero_payload() || form.payload_bytes > 0) wanted.lists[kPayload] = true;
  // Where a UDP biflow has no list of them, their number is that of another list.
  if (wanted.lists[kWindow] || wanted.lists[kFlags]) wanted.lists[kDirection] = true;
  wanted.packets = form.kept.read();
  wanted.payload_bytes = form.payload_bytes;
  wanted.start = release->timestamps;
  wanted.activity = needs_activity(label) || release->unknown_activity_background;
  wanted.features = features;
  return wanted;
}

}  // namespace morgana::mirage
