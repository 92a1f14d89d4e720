// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <mutex>
#include <thread>
#include <unordered_set>

#include "packets/dissect.hpp"
#include "sockets/log_writer.hpp"
#include "sockets/proc_sockets.hpp"

namespace morgana::capture {

/// Writes the socket log of a capture while it goes on, on a thread of its own: a sample at fixed times, and one more
/// as soon as a packet shows a conversation that was not seen before, since its socket may be gone by the next fixed
/// time.
///
/// Samples take a quarter of a core at most, however much is asked for.
class SocketWatch {
 public:
  SocketWatch(const std::filesystem::path& log, std::chrono::milliseconds period);
  ~SocketWatch();
  SocketWatch(const SocketWatch&) = delete;
  SocketWatch& operator=(const SocketWatch&) = delete;

  /// Called for each packet, by the capturing thread.
  void saw(const packets::CapturedPacket& packet);
  /// Takes a last sample and ends. Throws what went wrong meanwhile.
  void stop();

  struct Counts {
    std::uint64_t rows = 0;             ///< of the log
    std::uint64_t sockets = 0;          ///< seen
    std::uint64_t without_process = 0;  ///< of those
    std::uint64_t samples = 0;
  };
  Counts counts() const;
  /// True where the thread has given up; `stop` says why.
  bool failed() const noexcept { return failed_; }

 private:
  void watch();
  void sample();

  const std::chrono::milliseconds period_;
  sockets::LogWriter writer_;
  sockets::ProcSockets sockets_;
  packets::Dissector dissector_;
  std::unordered_set<std::uint64_t> conversations_;  ///< hashes; of the capturing thread

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool wanted_ = false, stopping_ = false;
  std::atomic<bool> failed_{false};
  std::exception_ptr fault_;
  Counts counts_;
  std::unordered_set<std::uint64_t> nameless_;  ///< inodes of sockets whose process was not found yet
  std::uint64_t gone_nameless_ = 0;
  std::thread thread_;
};

}  // namespace morgana::capture
