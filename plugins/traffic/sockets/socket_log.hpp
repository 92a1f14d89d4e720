// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "packets/dissect.hpp"

namespace morgana::sockets {

/// One row of a socket log: at that time, that process had that socket.
struct SocketRow {
  std::int64_t nanoseconds = 0;  ///< since 1970-01-01 UTC, or since midnight where the log has no date; 0: no time
  std::uint8_t protocol = 0;     ///< `packets::kTcp`, `packets::kUdp`; 0: the log does not say
  packets::End local{};          ///< address all zero: any of the machine's; port 0: the log does not say
  std::optional<packets::End> remote{};  ///< nothing: a listening TCP socket, or an unconnected UDP one
  std::int32_t pid = -1;                 ///< -1: the log does not say
  std::int64_t uid = -1;                 ///< -1: the log does not say
  std::int32_t process = -1;             ///< in `SocketLog::processes`; -1: the log does not say
};

/// A socket log in memory, in the order of its rows.
class SocketLog {
 public:
  /// `process` is the name, or "". The addresses 0.0.0.0 and :: become the same: any.
  void add(SocketRow row, std::string_view process);

  const std::vector<SocketRow>& rows() const noexcept { return rows_; }
  const std::vector<std::string>& processes() const noexcept { return processes_; }
  /// The name in a row; "" where it has none.
  std::string_view process_of(const SocketRow& row) const {
    return row.process < 0 ? std::string_view() : processes_[static_cast<std::size_t>(row.process)];
  }

 private:
  std::vector<SocketRow> rows_;
  std::vector<std::string> processes_;
  std::unordered_map<std::string, std::int32_t> place_;
};

/// The part of a process name before ':', as Android's processes of one app have it in common:
/// "com.example.app:remote" is of "com.example.app".
std::string_view package_of(std::string_view process);

/// True for 0.0.0.0 and ::.
bool is_any(const packets::Address& address);

}  // namespace morgana::sockets
