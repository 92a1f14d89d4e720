// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "biflow_stream.hpp"
#include "morgana/traces.hpp"

namespace morgana::mirage {

/// The packet lists that may be read, under the names of the files.
enum PacketList { kDirection, kPayload, kInterArrival, kWindow, kPacketLists };
inline constexpr std::array<std::string_view, kPacketLists> kListNames{"packet_dir", "L4_payload_bytes", "iat",
                                                                       "TCP_win_size"};

/// The numbers of `flow_metadata` that are read, under the names of the files. They count the whole biflow, also
/// where the lists hold its first 32 packets only.
inline constexpr std::array<std::string_view, 4> kMetadataNames{"BF_num_packets", "BF_IP_packet_bytes",
                                                                "BF_L4_payload_bytes", "BF_duration"};
inline constexpr std::array<std::string_view, 4> kMetadataUnits{"packets", "bytes", "bytes", "s"};

/// What of a biflow is wanted.
struct Wanted {
  std::array<bool, kPacketLists> lists{};
  std::size_t packets = 0;  ///< at most this many from the start; 0: all
};

/// One biflow as it stands in a file; one object is used again for all of them.
struct Biflow {
  std::array<std::vector<double>, kPacketLists> lists;  ///< those wanted: equally long, finite, in their range
  std::string label, device;                            ///< BF_label, BF_device; "" where absent or null
  LabelSource label_source = LabelSource::kUnknown;
  std::array<double, kMetadataNames.size()> metadata{};  ///< NaN where absent
};

/// Reads the biflow at the start of `text` and returns how many bytes it takes. Throws `Damage` with the field and what
/// is wrong with it, also where `text` ends inside it.
std::size_t read_biflow(std::string_view text, const Wanted& wanted, Biflow& biflow);

/// Reads the member at which a stream stands, in one pass over its bytes where the window holds all of it.
void read_biflow(BiflowStream& stream, const Wanted& wanted, Biflow& biflow);

}  // namespace morgana::mirage
