// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace morgana::sockets {

/// Full names of processes, for logs that print them cut: toybox's netstat keeps 20 characters, GNU's as many as fit.
///
/// Filled from the text of tables that the recorded device prints; what each is, is told by its content:
/// - Android's /data/system/packages.list, "com.example.app 10054 0 /data/user/0/com.example.app ...";
/// - `pm list packages -U`, "package:com.example.app uid:10054";
/// - `ps -A`, `ps -ef`, `ps -A -o PID,NAME`: any with a header that names PID and NAME, CMD, COMMAND or ARGS.
class ProcessNames {
 public:
  /// Takes the lines of a table; returns how many were understood, headers left aside.
  std::size_t read(std::string_view text);

  /// The name of rows whose log says neither process nor pid nor uid, such as the strace of a single app without -f.
  void set_unnamed(std::string name) { unnamed_ = std::move(name); }

  /// The full name behind what a log says: `pid` and `uid` may be -1, `printed` cut or "". A name of `ps` counts where
  /// it goes on from what was printed, or nothing was; else the package of the uid (of several that share it, the one
  /// that goes on from what was printed, then the first by name) does for apps; else the one package that goes on from
  /// a name of 15 or more characters; else the name stays as printed.
  std::string name_of(std::int32_t pid, std::int64_t uid, std::string_view printed) const;

 private:
  bool read_package(std::string_view line);
  void add(std::string package, std::int64_t uid);
  std::string_view package_like(std::int64_t uid, std::string_view printed) const;

  std::map<std::int32_t, std::string> by_pid_;
  std::map<std::int64_t, std::vector<std::string>> by_uid_;  ///< by name
  std::vector<std::string> packages_;
  std::string unnamed_;
};

/// The name of a process from /proc/PID/comm, which is cut at 15 characters and may be that of a script, and the first
/// word of /proc/PID/cmdline, where Android has the package: the longer of the two where they agree, else comm.
std::string process_name(std::string_view comm, std::string_view first_argument);

}  // namespace morgana::sockets
