// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "morgana/traces.hpp"
#include "packets/flow_key.hpp"
#include "synthesis/accounting.hpp"
#include "synthesis/capture_writer.hpp"
#include "synthesis/filler.hpp"
#include "synthesis/tcp_conversation.hpp"

namespace morgana::synthesis {

enum class ProtocolChoice : std::uint8_t {
  kAuto,  ///< the key's; without a key UDP where WIN is 0 throughout, else TCP
  kTcp,
  kUdp,
};
enum class VersionChoice : std::uint8_t {
  kAuto,  ///< the key's; without a key IPv4
  kIpv4,
  kIpv6,
};
/// What of a trace's key goes into the capture.
enum class KeyUse : std::uint8_t { kNothing, kServerPort, kEndpoints };
enum class Arrival : std::uint8_t {
  kPoisson,   ///< gaps between the starts of biflows are exponential, their order is shuffled
  kTogether,  ///< all start at once
};
/// Which packets of a pcapng file carry a comment.
enum class PacketComments : std::uint8_t {
  kNone,
  kBiflows,  ///< the first of each biflow: its class
  kAdded,    ///< also those that are no packet of a trace, or not a whole one, late acknowledgements, moved windows
};

struct SynthesisOptions {
  ProtocolChoice protocol = ProtocolChoice::kAuto;
  VersionChoice version = VersionChoice::kAuto;
  KeyUse key_use = KeyUse::kNothing;
  std::uint16_t server_port = 50443;
  TcpAdditions additions;
  std::uint16_t maximum_segment = 0;  ///< 0: 1460 over IPv4, 1440 over IPv6
  bool split = true;                  ///< false: segments of any length that an IP packet can hold
  bool timestamps = false;
  std::uint16_t window = 65535;
  double round_trip_seconds = 0.04;
  FillerKind filler = FillerKind::kText;
  TimeResolution resolution = TimeResolution::kNanoseconds;
  std::int64_t start_nanoseconds = 0;  ///< of the first biflow, since 1970
  Arrival arrival = Arrival::kPoisson;
  double mean_gap_seconds = 1;
  PacketComments comments = PacketComments::kBiflows;
};

/// Makes a capture of traces: everything is decided and counted at once, packets are built while they are written.
///
/// Equal traces, options and seed give equal bytes. Memory: about 150 bytes a trace, and some 500 for each biflow that
/// is under way at a time; the traces must outlive it.
class Synthesis {
 public:
  /// Throws `Error` where a channel is missing or the addresses do not suffice.
  Synthesis(const Traces& traces, const SynthesisOptions& options, std::uint64_t seed);

  const Accounting& accounting() const noexcept { return accounting_; }

  /// Writes all packets in the order of their times. `progress` is told the number of packets now and then.
  void write(CaptureWriter& writer, const std::function<void(std::uint64_t)>& progress) const;

  /// CSV: src_ip,src_port,dst_ip,dst_port,protocol,label; a line a biflow in the order of the traces, client first.
  std::string labels_csv() const;

 private:
  /// A biflow as planned.
  struct Biflow {
    std::size_t row = 0;
    std::int64_t start = 0;  ///< nanoseconds after that of the capture
    packets::FlowKey key;
    TcpPlan tcp;
  };
  struct FromKey {
    bool protocol = false;
    KeyUse use = KeyUse::kNothing;
  };
  struct Active;

  void plan_biflow(std::size_t row);
  FromKey choose_key(const TraceSeries& series, Biflow& biflow);
  TcpOptions tcp_options(const packets::FlowKey& key) const;
  std::uint16_t maximum_segment(const packets::FlowKey& key) const;
  void place_in_time();
  std::string comment_of(const Active& active) const;

  const Traces& traces_;
  SynthesisOptions options_;
  std::uint64_t seed_;
  TraceChannels channels_;
  std::vector<Biflow> biflows_;           ///< in the order of the traces
  std::vector<std::uint32_t> in_time_;    ///< their indices in the order of their starts
  std::set<packets::FlowKey> used_keys_;  ///< those of the traces; while planning
  Accounting accounting_;
};

}  // namespace morgana::synthesis
