// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "capture_files.hpp"
#include "command.hpp"
#include "live_interface.hpp"
#include "morgana/context.hpp"
#include "socket_watch.hpp"

namespace morgana::capture {

/// What is asked of a capture.
struct Request {
  LiveInterface::Setting interface;
  std::string folder, device, package;
  std::int64_t epoch = 0;
  double seconds = 0;              ///< 0: until it is stopped, or the command ends
  std::uint64_t rotate_bytes = 0;  ///< 0: all in one file
  int sample_milliseconds = 100;
  std::vector<std::string> command;
  double grace_seconds = 1;  ///< captured after the command's end
};

/// What came of it.
struct Outcome {
  enum class End { kRunning, kRequest, kTime, kCommand, kFault } end = End::kRunning;
  std::string fault;                                        ///< of `kFault`
  std::int64_t begin_nanoseconds = 0, end_nanoseconds = 0;  ///< since 1970-01-01 UTC
  std::uint16_t link_type = 0;
  std::uint32_t snap_length = 0;
  std::uint64_t packets = 0, packet_bytes = 0;  ///< bytes as on the wire
  packets::PcapngStatistics counts;
  std::vector<CapturePart> parts;
  SocketWatch::Counts sockets;
  std::optional<Command::Status> command;

  double seconds() const { return static_cast<double>(end_nanoseconds - begin_nanoseconds) * 1e-9; }
};
const char* name_of(Outcome::End end);  ///< "running", "request", "time", "command", "fault"

/// Captures until the context asks to stop, the time is over, or the command has ended; a record lies beside the
/// capture from the beginning, and is brought up to date now and then, so that a killed capture has one too.
///
/// Throws `Error` where it cannot begin, and where it cannot go on: then what was captured is whole all the same.
Outcome record(const Request& request, Context& context);

}  // namespace morgana::capture
