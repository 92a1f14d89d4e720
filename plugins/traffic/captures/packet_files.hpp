// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "biflows/assembly.hpp"
#include "biflows/biflows.hpp"
#include "morgana/context.hpp"
#include "morgana/trace_builder.hpp"
#include "packets/dissect.hpp"

namespace morgana::captures {

/// What was read of capture files besides the biflows.
struct PacketAccount {
  std::int64_t files = 0, captures = 0, packets = 0, biflows = 0;
  std::array<std::int64_t, static_cast<std::size_t>(packets::Verdict::kVerdicts)> verdicts{};
  Omissions damage;  ///< files that end too early, blocks that contradict themselves, what archives hold besides

  /// The damage, and the packets that are of no biflow.
  Omissions left_out() const;
};

/// Reads the capture files of a path and gives the biflows of each capture, in the order of the files.
///
/// Files that one capture was rotated into ("x.pcap", "x_0001.pcap", one after the other) are one capture. `visit` gets
/// the name of the capture's first file and its biflows, in the order of their first packets.
using VisitCapture = std::function<void(const std::string& file, const biflows::Biflows& biflows)>;
void read_packet_files(const std::filesystem::path& path, const biflows::Assembly& assembly, Context& context,
                       PacketAccount& account, const VisitCapture& visit);

}  // namespace morgana::captures
