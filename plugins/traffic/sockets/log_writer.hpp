// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "sockets/socket_log.hpp"

namespace morgana::sockets {

/// Writes Morgana's own log: text that is only ever appended to, so that a killed capture loses the last sample at
/// most.
///
///     # morgana sockets 1
///     time	event	protocol	local	remote	pid	uid	process
///     1494233232.104512345	open	tcp	192.168.1.5:40001	203.0.113.7:443	4711	10054	com.example.app
///     1494233240.004512345	close	tcp	192.168.1.5:40001	203.0.113.7:443	4711	10054	com.example.app
///
/// One row where a socket is first seen, and again where its process is found out later ("open"), one where it is gone
/// ("close"); between tabs, "-" where something is not known, "*" for an address that is any.
class LogWriter {
 public:
  /// Makes the file, readable by its owner alone; throws `Error` where there is one already.
  explicit LogWriter(std::filesystem::path file);
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  void opened(const SocketRow& row, std::string_view process) { add("open", row, process); }
  void closed(const SocketRow& row, std::string_view process) { add("close", row, process); }
  /// Hands what was added to the system: from then on it outlives the process. Throws `Error`.
  void flush();
  std::uint64_t rows() const noexcept { return rows_; }
  int descriptor() const noexcept { return file_; }

 private:
  void add(std::string_view event, const SocketRow& row, std::string_view process);

  std::filesystem::path path_;
  int file_;
  std::string text_;
  std::uint64_t rows_ = 0;
};

}  // namespace morgana::sockets
