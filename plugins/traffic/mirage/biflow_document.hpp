// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "mirage/flow_features.hpp"
#include "morgana/traces.hpp"

namespace morgana::mirage_format {

/// `packet_data`: one entry a packet of the biflow in each list. Those of releases after 2019 may be empty where only
/// a file of 2019 is written.
struct PacketLists {
  std::vector<std::uint8_t> direction;         ///< packet_dir: 0 up, 1 down
  std::vector<std::uint32_t> payload_bytes;    ///< L4_payload_bytes
  std::vector<double> seconds_since_previous;  ///< iat; the first is written as the integer 0
  std::vector<std::uint16_t> window;           ///< TCP_win_size, 0 for UDP

  std::vector<double> unix_seconds;                   ///< timestamp, after 2019
  std::vector<std::uint32_t> ip_bytes;                ///< IP_packet_bytes, after 2019
  std::vector<std::uint16_t> ip_header_bytes;         ///< after 2019
  std::vector<std::uint16_t> transport_header_bytes;  ///< L4_header_bytes, after 2019
  std::vector<std::uint8_t> flags;                    ///< TCP_flags as `packets::TcpFlag`, 0 for UDP; after 2019

  std::vector<std::uint8_t> payload;        ///< L4_raw_payload, one packet after the other
  std::vector<std::uint64_t> payload_ends;  ///< where each packet's ends; packets beyond them have an empty list
};

/// The numbers of `flow_metadata` that count a biflow (BF) or one of its directions (UF, DF).
struct FlowTotals {
  std::uint64_t packets = 0, ip_bytes = 0, payload_bytes = 0;
  double duration_seconds = 0;  ///< written as the integer 0 where there is no packet
};

/// TCP's options of one direction, after 2019; NaN: not seen.
struct FlowOptions {
  double maximum_segment = std::numeric_limits<double>::quiet_NaN();    ///< MSS
  double window_multiplier = std::numeric_limits<double>::quiet_NaN();  ///< WS: 1, 2, 4 .. 16384
};

/// What is known of who caused a biflow; what is absent is written as null.
struct GroundTruth {
  std::optional<std::string> label;  ///< BF_label
  LabelSource labeling_type = LabelSource::kUnknown;
  std::optional<std::string> sublabel;  ///< BF_sublabel: the process, after 2019
  std::optional<std::string> source;    ///< BF_label_source: "netstat", "strace"; after 2019
  std::optional<std::string> device;    ///< BF_device: the phone's MAC, after 2019
  std::optional<std::string> activity;  ///< BF_activity: CCMA and AppxAct
};

/// One biflow of a capture file, `mirage.md` 2.1; the ports of each packet follow from direction and ends.
struct BiflowDocument {
  std::string key;  ///< "ip,port,ip,port,protocol", phone first
  std::uint16_t client_port = 0, server_port = 0;
  PacketLists packets;
  FlowFeatures features{};
  FlowTotals both, up, down;
  FlowOptions up_options, down_options;
  GroundTruth truth;
};

}  // namespace morgana::mirage_format
