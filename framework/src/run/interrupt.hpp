// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

namespace morgana::host {

/// Ctrl-C and SIGTERM while a run goes on: the first asks the stages to stop, the second ends the process at once, and
/// so does the end of the grace period while a stage still runs.
///
/// Nothing is lost by ending the process: the cache holds whole entries only.
class Interrupt {
 public:
  struct Actions {
    std::function<void()> asked;        ///< the first request, `stop` is set already
    std::function<bool()> grace_over;   ///< says who does not stop; false: no stage runs, so go on waiting
    std::function<void()> before_exit;  ///< the last words of either kind
  };
  /// `stop` is set by the first request. One at a time. What an action throws is said on stderr.
  Interrupt(std::atomic<bool>& stop, std::chrono::seconds grace, Actions actions);
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

 private:
  void watch();

  std::atomic<bool>& stop_;
  const std::chrono::seconds grace_;
  const Actions actions_;
  std::atomic<bool> closing_{false};
  std::thread thread_;
};

}  // namespace morgana::host
