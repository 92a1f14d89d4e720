// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "biflow_stream.hpp"
#include "fields.hpp"
#include "morgana/traces.hpp"

namespace morgana::mirage {

/// What of a biflow is wanted.
struct Wanted {
  std::array<bool, kPacketLists> lists{};
  std::size_t packets = 0;        ///< at most this many from the start; 0: all
  std::size_t payload_bytes = 0;  ///< of L4_raw_payload, at most this many a packet
  bool start = false;             ///< the first timestamp
  bool activity = false;          ///< BF_activity
  bool features = false;          ///< flow_features
};

/// One biflow as it stands in a file; one object is used again for all of them.
struct Biflow {
  std::array<std::vector<double>, kPacketLists> lists;  ///< those wanted: equally long, finite, in their range
  std::vector<std::uint8_t> payload;                    ///< of the packets one after the other
  /// Where the payload of each packet ends; may be shorter than the lists, as in the files.
  std::vector<std::size_t> payload_ends;
  /// BF_label, BF_sublabel, BF_activity, BF_device; "" where absent or null.
  std::string label, sublabel, activity, device;
  LabelSource label_source = LabelSource::kUnknown;
  double start = 0;                                      ///< unix seconds; NaN where absent
  std::array<double, kMetadataNames.size()> metadata{};  ///< NaN where absent
  std::array<double, kFeatures> features{};              ///< likewise
};

/// A biflow's transport, by its key: what the files say of a UDP biflow's window and flags is not documented, so null,
/// "" and a missing list all count as 0 there.
enum class Transport { kUdp, kOther };
Transport transport_of(std::string_view key);

/// Reads the biflow at the start of `text` and returns how many bytes it takes. Throws `Damage` with the field and what
/// is wrong with it, also where `text` ends inside it.
std::size_t read_biflow(std::string_view text, Transport transport, const Wanted& wanted, Biflow& biflow);

/// Reads the member at which a stream stands, in one pass over its bytes where the window holds all of it.
void read_biflow(BiflowStream& stream, const Wanted& wanted, Biflow& biflow);

}  // namespace morgana::mirage
