// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "morgana/trace_builder.hpp"
#include "sockets/owners.hpp"
#include "sockets/process_names.hpp"
#include "sockets/read_log.hpp"

namespace morgana::captures {

/// The socket log of one capture.
struct CaptureLog {
  std::string name;  ///< the file's, for messages
  sockets::LogFormat format = sockets::LogFormat::kMorgana;
  sockets::Owners owners;
};

/// Finds the socket log that belongs to a capture and reads it.
///
/// Beside "x.pcapng" (and its rotations "x_0001.pcapng") that is "x.sockets", else "netstat.log", "ss.log",
/// "strace.log" or "sockets.log" in the same folder. Names of processes that a log cuts are completed from files
/// "packages.list", "packages.txt" and "ps.txt" beside it, where they are.
class CaptureLogs {
 public:
  /// `captures` is the folder, or the file, that the user named. Throws `Error` where it is an archive: what lies
  /// beside a capture inside one is not read.
  explicit CaptureLogs(const std::filesystem::path& captures);

  /// The log of the capture whose first file has that name below the folder; null where there is none.
  std::unique_ptr<const CaptureLog> find(const std::string& file);

  /// Lines of all logs so far that were passed by.
  const Omissions& skipped() const noexcept { return skipped_; }

 private:
  std::filesystem::path folder_;
  Omissions skipped_;
};

}  // namespace morgana::captures
