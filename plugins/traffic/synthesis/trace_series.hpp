// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "morgana/traces.hpp"
#include "synthesis/wire_packet.hpp"

namespace morgana::synthesis {

/// Values of traces that no packet can have, by kind; each was replaced as said. (`Traces` holds finite numbers only.)
struct Faults {
  std::uint64_t fractions = 0;    ///< payload length not whole: rounded
  std::uint64_t lengths = 0;      ///< payload length negative or above the most: the nearest possible taken
  std::uint64_t times = 0;        ///< IAT negative or above the most: the nearest possible taken
  std::uint64_t first_times = 0;  ///< IAT of a first packet not 0: there is no packet before it; 0 taken
  std::uint64_t directions = 0;   ///< DIR 0: up taken
  std::uint64_t windows = 0;      ///< WIN negative, fractional or above 65535: the nearest possible taken
  void add(const Faults& others);
};

/// One trace as packets need it: whole bytes, whole ticks, a direction, a window.
///
/// Values that no packet can have are replaced by the nearest possible; `faults` counts them.
class TraceSeries {
 public:
  static constexpr std::uint32_t kMostPayload = 1u << 20;  ///< beyond any offload of a network card
  static constexpr double kLongestGap = 1e6;               ///< seconds, 11 days

  std::size_t size() const noexcept { return payload_.size(); }
  std::uint32_t payload(std::size_t packet) const {
    const float bytes = payload_[packet];
    return static_cast<std::uint32_t>(std::clamp(bytes, 0.0f, static_cast<float>(kMostPayload)) + 0.5f);
  }
  /// Since the packet before, in nanoseconds and whole ticks; of the first packet 0.
  std::int64_t gap(std::size_t packet) const;
  Direction direction(std::size_t packet) const { return direction_[packet] > 0 ? Direction::kDown : Direction::kUp; }
  bool has_windows() const noexcept { return !window_.empty(); }
  std::uint16_t window(std::size_t packet) const;
  bool has_flags() const noexcept { return !flags_.empty(); }
  std::uint8_t flags(std::size_t packet) const;

  Faults faults() const;
  /// Packets whose IAT is no whole number of ticks.
  std::uint64_t rounded_times() const;

 private:
  friend class TraceChannels;
  std::span<const float> payload_, gap_, direction_, window_, flags_;
  std::int64_t tick_ = 1;
};

/// The channels of a set that packets are made from.
class TraceChannels {
 public:
  /// `tick_nanoseconds` is the resolution of times, 1 or 1000. Throws `Error` where PL, IAT or DIR is missing.
  TraceChannels(const Traces& traces, std::int64_t tick_nanoseconds);

  TraceSeries series(std::size_t row) const;
  bool has_windows() const noexcept { return window_.has_value(); }

 private:
  const Traces& traces_;
  std::int64_t tick_;
  std::size_t payload_, gap_, direction_;
  std::optional<std::size_t> window_, flags_;
};

}  // namespace morgana::synthesis
