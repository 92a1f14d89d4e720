// SPDX-License-Identifier: Apache-2.0
#include "synthesis/trace_series.hpp"

#include <algorithm>
#include <cmath>

#include "morgana/error.hpp"

namespace morgana::synthesis {
namespace {

constexpr float kMostPayload = static_cast<float>(TraceSeries::kMostPayload), kMostWindow = 65535;

std::uint32_t rounded(float value, float most) {
  return static_cast<std::uint32_t>(std::clamp(value, 0.0f, most) + 0.5f);
}

double ticks(float seconds, std::int64_t tick) {
  return std::clamp(static_cast<double>(seconds), 0.0, TraceSeries::kLongestGap) * (1e9 / static_cast<double>(tick));
}

std::size_t required(const Traces& traces, const char* name, const char* what) {
  const auto index = traces.find_channel(name);
  if (!index)
    throw Error("the traces have no channel {}; a packet's {} comes from it", name, what)
        .hint(
            "give traces with the channels PL, IAT and DIR, such as a reader's with \"channels\": [\"PL\", \"IAT\", "
            "\"DIR\"]");
  return *index;
}

}  // namespace

void Faults::add(const Faults& others) {
  fractions += others.fractions;
  lengths += others.lengths;
  times += others.times;
  first_times += others.first_times;
  directions += others.directions;
  windows += others.windows;
}

std::int64_t TraceSeries::gap(std::size_t packet) const {
  return packet == 0 ? 0 : static_cast<std::int64_t>(ticks(gap_[packet], tick_) + 0.5) * tick_;
}

std::uint16_t TraceSeries::window(std::size_t packet) const {
  return static_cast<std::uint16_t>(rounded(window_[packet], kMostWindow));
}

std::uint8_t TraceSeries::flags(std::size_t packet) const {
  return static_cast<std::uint8_t>(rounded(flags_[packet], 255));
}

Faults TraceSeries::faults() const {
  Faults faults;
  for (std::size_t i = 0; i < size(); ++i) {
    const float bytes = payload_[i], seconds = gap_[i], way = direction_[i];
    if (!(bytes >= 0 && bytes <= synthesis::kMostPayload)) ++faults.lengths;
    else if (bytes != std::floor(bytes)) ++faults.fractions;
    if (!(seconds >= 0 && seconds <= kLongestGap)) ++faults.times;
    else if (i == 0 && seconds != 0) ++faults.first_times;
    faults.directions += way == 0;
    if (has_windows() && !(window_[i] >= 0 && window_[i] <= kMostWindow && window_[i] == std::floor(window_[i])))
      ++faults.windows;
  }
  return faults;
}

std::uint64_t TraceSeries::rounded_times() const {
  std::uint64_t count = 0;
  for (std::size_t i = 1; i < size(); ++i) {
    const double exact = ticks(gap_[i], tick_);
    count += exact != std::floor(exact);
  }
  return count;
}

TraceChannels::TraceChannels(const Traces& traces, std::int64_t tick_nanoseconds)
    : traces_(traces),
      tick_(tick_nanoseconds),
      payload_(required(traces, "PL", "payload length")),
      gap_(required(traces, "IAT", "time")),
      direction_(required(traces, "DIR", "direction")),
      window_(traces.find_channel("WIN")),
      flags_(traces.find_channel("FLAGS")) {}

TraceSeries TraceChannels::series(std::size_t row) const {
  TraceSeries series;
  series.payload_ = traces_.channel(payload_, row);
  series.gap_ = traces_.channel(gap_, row);
  series.direction_ = traces_.channel(direction_, row);
  if (window_) series.window_ = traces_.channel(*window_, row);
  if (flags_) series.flags_ = traces_.channel(*flags_, row);
  series.tick_ = tick_;
  return series;
}

}  // namespace morgana::synthesis
