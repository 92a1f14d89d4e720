// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "run/budget.hpp"

namespace morgana::host {

/// Runs nodes on long-lived threads as soon as what they need is free: LibTorch's memory grows with each new thread
/// that computes (pytorch#24237), so a stage is never given a fresh one while an old one idles.
class Scheduler {
 public:
  enum class Result { kFinished, kNotNow };  ///< not now: another process makes it, for instance; try again soon
  /// `demand` is what the grant was given for; changed by a `work` that says "not now", it is what the next try takes.
  using Work = std::function<Result(std::size_t node, const Budget::Grant& grant, Demand& demand)>;

  /// `work` does not throw, and demands no more than the limits.
  Scheduler(const Limits& limits, Work work);
  /// Waits for all that was submitted.
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  void submit(std::size_t node, const Demand& demand);

 private:
  struct Task {
    std::size_t node;
    Demand demand;
    std::chrono::steady_clock::time_point not_before;
  };
  void work_loop();
  bool take(Task& task, Budget::Grant& grant);

  const Limits limits_;
  const Work work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Budget budget_;
  std::vector<Task> waiting_;  ///< by node number
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool closing_ = false;
};

}  // namespace morgana::host
