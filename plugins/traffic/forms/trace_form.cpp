// SPDX-License-Identifier: Apache-2.0
#include "forms/trace_form.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "morgana/channels.hpp"
#include "morgana/error.hpp"

namespace morgana::forms {

std::string KeptPackets::zero_payload_note() const {
  return drops_zero_payload() ? "dropped; IAT is the time since the previous packet kept" : "kept";
}

void KeptPackets::check() const {
  if (most != 0 && most < least) throw Error("minimum_packets {} is more than packets {}", least, most);
}

void TraceForm::check(std::string_view source, const std::vector<std::string>& available) const {
  if (channels.empty()) throw Error("no channel is asked for");
  kept.check();
  for (auto channel = channels.begin(); channel != channels.end(); ++channel) {
    if (std::find(available.begin(), available.end(), *channel) == available.end())
      throw Error("{} has no channel \"{}\"; it has {}", source, *channel, fmt::join(available, ", "));
    if (std::find(channels.begin(), channel, *channel) != channel)
      throw Error("channel \"{}\" is asked for twice", *channel);
  }
}

const std::vector<std::string>& header_channels() {
  static const auto names = [] {
    std::vector<std::string> all;
    for (const auto& channel : kStandardChannels) all.emplace_back(channel.name);
    return all;
  }();
  return names;
}

}  // namespace morgana::forms
