// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "morgana/trace_builder.hpp"
#include "sockets/process_names.hpp"
#include "sockets/socket_log.hpp"

namespace morgana::sockets {

/// Takes the lines of one log format, one after the other.
class LogParser {
 public:
  /// Where rows go, and where to note what is passed by.
  struct Setting {
    SocketLog& log;
    Omissions& skipped;
    const ProcessNames& names;
    const std::string& file;
    std::uint64_t line = 0;  ///< the number of the current one, from 1
  };
  explicit LogParser(Setting& setting) : setting_(setting) {}
  virtual ~LogParser() = default;
  LogParser(const LogParser&) = delete;
  LogParser& operator=(const LogParser&) = delete;

  virtual void read(std::string_view line) = 0;
  /// After the last line.
  virtual void finish() {}

 protected:
  /// Counts the current line as passed by.
  void skip(const std::string& reason, std::string_view fact);
  /// Adds a row with the full name of its process.
  void add(const SocketRow& row, std::string_view printed_name);
  const ProcessNames& names() const { return setting_.names; }

 private:
  Setting& setting_;
};

std::unique_ptr<LogParser> morgana_parser(LogParser::Setting& setting);
std::unique_ptr<LogParser> netstat_parser(LogParser::Setting& setting);
std::unique_ptr<LogParser> ss_parser(LogParser::Setting& setting);
std::unique_ptr<LogParser> strace_parser(LogParser::Setting& setting);

/// True where a line can only be of that format.
bool is_morgana_line(std::string_view line);
bool is_netstat_line(std::string_view line);
bool is_ss_line(std::string_view line);
bool is_strace_line(std::string_view line);

/// A line that is only a time, perhaps behind marks: "1494233232", "### Mon May  8 10:00:32 UTC 2017".
std::optional<std::int64_t> time_line_of(std::string_view line);

}  // namespace morgana::sockets
