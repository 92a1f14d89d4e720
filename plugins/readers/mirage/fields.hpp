// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace morgana::mirage {

/// The packet lists of which one number a packet may be read, under the names of the files.
enum PacketList {
  kDirection,
  kPayload,
  kInterArrival,
  kWindow,
  kIpBytes,
  kIpHeaderBytes,
  kTransportHeaderBytes,
  kFlags,
  kPacketLists
};
inline constexpr std::array<std::string_view, kPacketLists> kListNames{
    "packet_dir",      "L4_payload_bytes", "iat",       "TCP_win_size", "IP_packet_bytes",
    "IP_header_bytes", "L4_header_bytes",  "TCP_flags",
};

/// The numbers of `flow_metadata`, under the names of the files and in their order. They count the whole biflow, also
/// where the lists hold its first 32 packets only.
inline constexpr std::array<std::string_view, 16> kMetadataNames{"BF_num_packets",
                                                                 "BF_IP_packet_bytes",
                                                                 "BF_L4_payload_bytes",
                                                                 "BF_duration",
                                                                 "UF_num_packets",
                                                                 "UF_IP_packet_bytes",
                                                                 "UF_L4_payload_bytes",
                                                                 "UF_duration",
                                                                 "UF_MSS",
                                                                 "UF_WS",
                                                                 "DF_num_packets",
                                                                 "DF_IP_packet_bytes",
                                                                 "DF_L4_payload_bytes",
                                                                 "DF_duration",
                                                                 "DF_MSS",
                                                                 "DF_WS"};

/// "packets", "bytes", "s" or "".
std::string_view metadata_unit(std::string_view name);
/// True for the TCP options, which MIRAGE-2019 lacks.
bool is_transport_option(std::string_view name);

/// The statistics of `flow_features`: of two quantities, in three sets of packets, 17 each.
inline constexpr std::array<std::string_view, 2> kQuantities{"packet_length", "iat"};
inline constexpr std::array<std::string_view, 3> kPacketSets{"biflow", "upstream_flow", "downstream_flow"};
inline constexpr std::array<std::string_view, 17> kStatistics{
    "min",           "max",           "mean",          "std",           "var",           "mad",
    "skew",          "kurtosis",      "10_percentile", "20_percentile", "30_percentile", "40_percentile",
    "50_percentile", "60_percentile", "70_percentile", "80_percentile", "90_percentile"};
inline constexpr std::size_t kFeatures = kQuantities.size() * kPacketSets.size() * kStatistics.size();

/// A feature's column: "packet_length.biflow.min" and "bytes".
struct FeatureName {
  std::string name, unit;
};
/// All 102, quantity by quantity, set by set.
std::vector<FeatureName> feature_names();

}  // namespace morgana::mirage
