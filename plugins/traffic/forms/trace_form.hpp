// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace morgana::forms {

enum class ZeroPayload : std::uint8_t { kKeep, kDrop };

/// Which packets of a biflow become a trace.
struct KeptPackets {
  std::size_t most = 0;   ///< longest trace; 0: whole biflows
  std::size_t least = 1;  ///< shortest one, after `zero_payload`
  ZeroPayload zero_payload = ZeroPayload::kKeep;

  bool drops_zero_payload() const noexcept { return zero_payload == ZeroPayload::kDrop; }
  /// How many packets of a biflow have to be read, 0 for all: where some are dropped, it is not known beforehand.
  std::size_t read() const noexcept { return drops_zero_payload() ? 0 : most; }
  /// What became of the packets without payload, for a trace table's note of that name.
  std::string zero_payload_note() const;
  /// Throws `Error` where no trace could be long enough.
  void check() const;
};

/// What of a biflow becomes a trace.
struct TraceForm {
  std::vector<std::string> channels;
  KeptPackets kept{};
  std::size_t payload_bytes = 0;  ///< kept of each packet

  /// Throws `Error` where a channel is none of those that `source` has or is asked for twice, none is asked for, or no
  /// trace could be long enough.
  void check(std::string_view source, const std::vector<std::string>& available) const;
};

/// The names of all channels of `morgana/channels.hpp`, which every packet with its headers has.
const std::vector<std::string>& header_channels();

}  // namespace morgana::forms
