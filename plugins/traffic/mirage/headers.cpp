// SPDX-License-Identifier: Apache-2.0
#include "headers.hpp"

#include <algorithm>

#include "packets/dissect.hpp"

namespace morgana::mirage_format {

using packets::kAck;
using packets::kPsh;
using packets::kSyn;

std::vector<std::uint8_t> derived_flags(std::span<const std::uint8_t> direction,
                                        std::span<const std::uint32_t> payload_bytes) {
  std::vector<std::uint8_t> flags(direction.size(), kAck);
  // The client's SYN, and again while nothing comes back.
  std::size_t syns = 0;
  while (syns < flags.size() && direction[syns] == 0 && payload_bytes[syns] == 0) ++syns;
  const bool answered = syns < flags.size() && direction[syns] == 1 && payload_bytes[syns] == 0;
  if (answered || syns == flags.size()) std::fill_n(flags.begin(), syns, kSyn);
  if (answered && syns > 0) flags[syns] = kSyn | kAck;
  for (std::size_t i = 0; i < flags.size(); ++i)
    if (payload_bytes[i] > 0) flags[i] |= kPsh;
  return flags;
}

std::vector<std::uint16_t> tcp_header_bytes(std::span<const std::uint8_t> flags,
                                            std::span<const std::uint32_t> payload_bytes, packets::IpVersion version) {
  constexpr std::uint16_t kPlain = 20, kTimeStamps = 32, kSynPlain = 32, kSynTimeStamps = 40, kEthernet = 1500;
  const auto largest = payload_bytes.empty() ? 0 : *std::max_element(payload_bytes.begin(), payload_bytes.end());
  const bool time_stamps = largest + kTimeStamps + ip_header_bytes(version) <= kEthernet;
  std::vector<std::uint16_t> bytes;
  bytes.reserve(flags.size());
  for (const auto each : flags)
    bytes.push_back((each & kSyn) != 0 ? time_stamps ? kSynTimeStamps : kSynPlain : time_stamps ? kTimeStamps : kPlain);
  return bytes;
}

}  // namespace morgana::mirage_format
