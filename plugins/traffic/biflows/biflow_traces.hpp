// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "biflows/biflow.hpp"
#include "morgana/trace_builder.hpp"
#include "morgana/traces.hpp"

namespace morgana::biflows {

/// Names of the channels that a biflow of packets has, as in `morgana/channels.hpp`.
const std::vector<std::string>& packet_channels();

enum class ZeroPayload : std::uint8_t { kKeep, kDrop };

/// Which of a biflow's packets become a trace, and what of them.
struct TraceForm {
  std::vector<std::string> channels;
  std::size_t packets = 0;          ///< longest trace; 0: whole biflows
  std::size_t minimum_packets = 1;  ///< of a trace, after `zero_payload`
  ZeroPayload zero_payload = ZeroPayload::kKeep;
  bool payload = false;  ///< keeps the payload bytes that the biflows hold
};

/// What is known of a biflow besides its packets.
struct TraceLabel {
  std::string label, capture, device;
  LabelSource source = LabelSource::kUnknown;
};

/// Gathers biflows as traces, with their totals as columns under the names of MIRAGE's flow metadata.
class BiflowTraces {
 public:
  /// Throws `Error` where a channel is unknown or asked for twice.
  explicit BiflowTraces(TraceForm form);

  /// False where too few packets are left; then nothing is added.
  bool add(const Biflow& biflow, const TraceLabel& label);
  std::size_t size() const noexcept { return table_.offsets.size() - 1; }
  /// Counts and notes may be added to the table before it becomes `Traces`.
  TraceTable finish() &&;

 private:
  TraceForm form_;
  TraceTable table_;
  NameColumnBuilder label_, capture_, device_;
  std::vector<std::size_t> chosen_;
};

}  // namespace morgana::biflows
