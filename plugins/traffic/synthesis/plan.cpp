// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>

#include "morgana/error.hpp"
#include "morgana/random.hpp"
#include "packets/dissect.hpp"
#include "packets/documentation.hpp"
#include "synthesis/synthesis.hpp"
#include "synthesis/udp_conversation.hpp"

namespace morgana::synthesis {
namespace {

/// 65535 less the headers of IPv4 and TCP and 12 bytes of timestamps.
constexpr std::uint32_t kLargestSegment = 65483;
constexpr std::uint16_t kTimestampBytes = 12;

bool no_window(const TraceSeries& series) {
  for (std::size_t i = 0; i < series.size(); ++i)
    if (series.window(i) != 0) return false;
  return true;
}

std::int64_t nanoseconds(double seconds) { return std::llround(seconds * 1e6) * 1000; }

std::int64_t tick_of(TimeResolution resolution) { return resolution == TimeResolution::kNanoseconds ? 1 : 1000; }

}  // namespace

Synthesis::Synthesis(const Traces& traces, const SynthesisOptions& options, std::uint64_t seed)
    : traces_(traces), options_(options), seed_(seed), channels_(traces, tick_of(options.resolution)) {
  for (std::size_t row = 0; row < traces.size(); ++row) {
    if (traces.packets(row) == 0) ++accounting_.empty_traces;
    else plan_biflow(row);
  }
  used_keys_ = {};
  place_in_time();
}

void Synthesis::plan_biflow(std::size_t row) {
  const auto series = channels_.series(row);
  Biflow biflow;
  biflow.row = row;
  const auto from_key = choose_key(series, biflow);
  const auto before = accounting_.counts.total();
  if (biflow.key.protocol == packets::kTcp) {
    biflow.tcp = plan_tcp(series, tcp_options(biflow.key), accounting_.counts);
    ++accounting_.tcp_biflows;
    accounting_.biflows_with_handshake_added += biflow.tcp.roles.add_handshake;
    accounting_.biflows_with_close_added += biflow.tcp.roles.add_close;
    accounting_.closes_found +=
        biflow.tcp.roles.fin[0] != TcpRoles::kNone || biflow.tcp.roles.fin[1] != TcpRoles::kNone;
  } else {
    WirePacket packet;
    for (UdpConversation conversation(series); conversation.next(packet);) accounting_.counts.count(packet);
    ++accounting_.udp_biflows;
  }
  const auto packets = accounting_.counts.total() - before;
  if (biflow.key.protocol == packets::kTcp) accounting_.tcp_packets += packets;
  if (from_key.protocol) accounting_.protocol_packets += packets;
  if (from_key.use == KeyUse::kEndpoints) accounting_.endpoint_packets += packets;
  if (from_key.use == KeyUse::kServerPort) accounting_.port_packets += packets;
  accounting_.faults.add(series.faults());
  accounting_.rounded_times += series.rounded_times();
  biflows_.push_back(biflow);
}

Synthesis::FromKey Synthesis::choose_key(const TraceSeries& series, Biflow& biflow) {
  FromKey from_key;
  const auto& keys = traces_.table().keys;
  const auto key = keys.empty() ? std::nullopt : packets::FlowKey::parse(keys[biflow.row]);
  const bool keyed = key && (key->protocol == packets::kTcp || key->protocol == packets::kUdp);
  accounting_.keys_unread += !keys.empty() && !keyed;

  auto protocol = options_.protocol == ProtocolChoice::kUdp ? packets::kUdp : packets::kTcp;
  auto version = options_.version == VersionChoice::kIpv6 ? packets::IpVersion::k6 : packets::IpVersion::k4;
  if (options_.protocol == ProtocolChoice::kAuto) {
    from_key.protocol = keyed;
    if (keyed) protocol = key->protocol;
    else if (series.has_windows() && no_window(series)) protocol = packets::kUdp;
  }
  if (options_.version == VersionChoice::kAuto && keyed) version = key->version();

  const bool fits = keyed && key->protocol == protocol && key->version() == version;
  if (fits && options_.key_use == KeyUse::kEndpoints) {
    if (used_keys_.insert(*key).second) {
      biflow.key = *key;
      from_key.use = KeyUse::kEndpoints;
      return from_key;
    }
    ++accounting_.keys_again;
  }
  from_key.use = keyed && options_.key_use == KeyUse::kServerPort ? KeyUse::kServerPort : KeyUse::kNothing;
  const auto server_port = from_key.use == KeyUse::kServerPort ? key->server.port : options_.server_port;
  biflow.key = packets::documentation_key(biflow.row, protocol, version, server_port);
  if (options_.key_use == KeyUse::kEndpoints)  // a key may itself be one of these
    for (auto index = traces_.size() + biflow.row; !used_keys_.insert(biflow.key).second; index += traces_.size())
      biflow.key = packets::documentation_key(index, protocol, version, server_port);
  return from_key;
}

std::uint16_t Synthesis::maximum_segment(const packets::FlowKey& key) const {
  if (options_.maximum_segment != 0) return options_.maximum_segment;
  return key.version() == packets::IpVersion::k4 ? 1460 : 1440;
}

TcpOptions Synthesis::tcp_options(const packets::FlowKey& key) const {
  TcpOptions tcp;
  tcp.additions = options_.additions;
  tcp.largest_segment = kLargestSegment;
  if (options_.split) tcp.largest_segment = maximum_segment(key) - (options_.timestamps ? kTimestampBytes : 0u);
  tcp.window = options_.window;
  tcp.round_trip = nanoseconds(options_.round_trip_seconds);
  return tcp;
}

void Synthesis::place_in_time() {
  in_time_.resize(biflows_.size());
  std::iota(in_time_.begin(), in_time_.end(), 0u);
  if (options_.arrival == Arrival::kTogether) return;
  const Random random(seed_, 0, 1);
  random.shuffle(in_time_);
  double start = 0;
  const Random gaps(seed_, 0, 2);
  for (std::size_t i = 0; i < in_time_.size(); ++i) {
    biflows_[in_time_[i]].start = nanoseconds(start);
    // The half keeps the logarithm finite.
    start -= options_.mean_gap_seconds * std::log((static_cast<double>(gaps.bits(i)) + 0.5) * 0x1p-32);
  }
}

}  // namespace morgana::synthesis
