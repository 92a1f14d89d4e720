// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "sockets/socket_log.hpp"

namespace morgana::sockets {

/// A socket of this machine and the process that has it.
struct OwnedSocket {
  SocketRow row{};        ///< as first seen; its `process` stays -1
  std::string process{};  ///< "com.example.app:remote", "curl"; "" where it was not found
  std::uint64_t inode = 0;
};

/// Looks again and again at the TCP and UDP sockets of this machine (of this network namespace) and says what changed.
///
/// From /proc/net/{tcp,tcp6,udp,udp6}, whose inode leads to the process by /proc/PID/fd. Descriptors are read only
/// where there is an inode whose process is not known yet: first of the processes that had sockets lately, then of all
/// others, the newest first. A socket that several processes hold counts for the first one found. The sockets of
/// others' processes need CAP_SYS_PTRACE: without it they stay without a process. Sockets without an inode (TIME_WAIT,
/// or a connection that was not accepted yet) are left out.
class ProcSockets {
 public:
  /// `proc` is another folder in tests.
  explicit ProcSockets(std::filesystem::path proc = "/proc");
  ~ProcSockets();
  ProcSockets(const ProcSockets&) = delete;
  ProcSockets& operator=(const ProcSockets&) = delete;

  struct Changes {
    std::vector<OwnedSocket> opened;  ///< new ones, and ones whose process was found now
    std::vector<OwnedSocket> closed;
  };
  /// `nanoseconds` is the time of the rows. Throws `Error` where there is no /proc/net/tcp.
  Changes sample(std::int64_t nanoseconds);

  std::size_t open() const noexcept { return known_.size(); }
  /// Searches that read descriptors of processes, for tests and for the curious.
  std::uint64_t searches() const noexcept { return searches_; }

 private:
  struct Key {
    std::uint64_t inode = 0;
    packets::End local{}, remote{};
    std::uint8_t protocol = 0;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept { return key.inode * 0x9e3779b97f4a7c15u ^ key.remote.port; }
  };
  struct Known {
    OwnedSocket socket{};
    std::uint64_t seen = 0;  ///< the sample that saw it last
    int attempts = 0;        ///< to find its process
  };
  struct Table {
    const char* name;
    std::uint8_t protocol;
    int file = -1;
  };
  struct Holder {
    std::int32_t pid = -1;
    std::string process{};
  };

  void read_table(const Table& table, std::int64_t nanoseconds);
  void read_row(std::string_view line, const Table& table, std::int64_t nanoseconds);
  void find_holders(Changes& changes);
  /// Reads the descriptors of one process; what is found goes from `wanted` to `found`.
  void search(std::int32_t pid, std::unordered_set<std::uint64_t>& wanted,
              std::unordered_map<std::uint64_t, Holder>& found);
  std::vector<std::int32_t> processes() const;
  /// False where the process has as many descriptors as the last time it was asked.
  bool has_changed(std::int32_t pid);
  std::string name_of(std::int32_t pid) const;

  std::filesystem::path proc_;
  std::vector<Table> tables_;
  std::string text_;  ///< of a table
  std::unordered_map<Key, Known, Hash> known_;
  std::vector<Known*> fresh_;                    ///< of the sample that goes on: those whose process is not known
  std::deque<std::int32_t> recent_;              ///< processes that had sockets, the last one first
  std::unordered_set<std::int32_t> closed_off_;  ///< kernel threads, and processes whose descriptors may not be read
  std::unordered_map<std::int32_t, std::int64_t> descriptors_;  ///< of each process, as last seen
  std::uint64_t samples_ = 0, searches_ = 0;
};

}  // namespace morgana::sockets
