// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "morgana/trace_builder.hpp"
#include "sockets/owners.hpp"
#include "sockets/process_names.hpp"
#include "sockets/read_log.hpp"

namespace morgana::captures {

/// Which app a process is of, where its name is not the app's, as on every system but Android.
class AppNames {
 public:
  AppNames() = default;
  /// From texts "firefox=org.mozilla.firefox"; "*" behind '=' is the app that the capture is named after, and before it
  /// any process that is not named. Throws `Error` where one is of another form or a process is named twice.
  explicit AppNames(const std::vector<std::string>& texts);

  bool empty() const noexcept { return app_of_.empty(); }
  /// "org.mozilla.firefox:firefox", as Android names the processes of one app; or the process as it is.
  std::string name_of(std::string_view process, const std::string& captured) const;

 private:
  std::map<std::string, std::string, std::less<>> app_of_;
};

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
  explicit CaptureLogs(const std::filesystem::path& captures, AppNames apps = {});

  /// The log of the capture whose first file has that name below the folder; null where there is none.
  std::unique_ptr<const CaptureLog> find(const std::string& file);

  /// Lines of all logs so far that were passed by.
  const Omissions& skipped() const noexcept { return skipped_; }

 private:
  std::filesystem::path folder_;
  AppNames apps_;
  Omissions skipped_;
};

}  // namespace morgana::captures
