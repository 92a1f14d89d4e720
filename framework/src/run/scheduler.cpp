// SPDX-License-Identifier: Apache-2.0
#include "run/scheduler.hpp"

#include <algorithm>
#include <system_error>

#include "run/crash.hpp"
#include "run/machine.hpp"

namespace morgana::host {

using std::chrono::steady_clock;

// How often a node that another process makes is looked at, and memory is measured again while one waits for it.
constexpr std::chrono::milliseconds kLookAgain{100};

Scheduler::Scheduler(const Limits& limits, Work work) : limits_(limits), work_(std::move(work)), budget_(limits) {}

Scheduler::~Scheduler() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void Scheduler::submit(std::size_t node, const Demand& demand) {
  const std::lock_guard lock(mutex_);
  // The thread first: where the system gives none, the node must not stand in the queue besides having failed.
  const auto wanted = static_cast<std::size_t>(std::max(1, limits_.jobs));
  if (idle_ < waiting_.size() + 1 && threads_.size() < wanted) try {
      threads_.emplace_back([this] { work_loop(); });
    } catch (const std::system_error&) {
      if (threads_.empty()) throw;
    }
  const auto place = std::upper_bound(waiting_.begin(), waiting_.end(), node,
                                      [](std::size_t number, const Task& task) { return number < task.node; });
  waiting_.insert(place, {node, demand, steady_clock::time_point{}});
  changed_.notify_one();
}

bool Scheduler::take(Task& task, Budget::Grant& grant) {
  if (waiting_.empty()) return false;
  const auto now = steady_clock::now();
  const auto resident = limits_.memory > 0 ? resident_bytes() : 0;
  for (auto candidate = waiting_.begin(); candidate != waiting_.end(); ++candidate) {
    if (candidate->not_before > now) continue;
    const auto taken = budget_.try_take(candidate->demand, resident);
    if (!taken) continue;
    task = *candidate;
    grant = *taken;
    waiting_.erase(candidate);
    return true;
  }
  return false;
}

void Scheduler::work_loop() {
  const CrashStack stack;
  std::unique_lock lock(mutex_);
  while (true) {
    Task task;
    Budget::Grant grant;
    if (!take(task, grant)) {
      if (closing_ && waiting_.empty()) return;
      ++idle_;
      if (waiting_.empty()) changed_.wait(lock);
      else changed_.wait_for(lock, kLookAgain);
      --idle_;
      continue;
    }
    lock.unlock();
    const auto result = work_(task.node, grant, task.demand);
    lock.lock();
    budget_.give_back(grant);
    if (result == Result::kNotNow) {
      task.not_before = steady_clock::now() + kLookAgain;
      waiting_.push_back(task);
      std::sort(waiting_.begin(), waiting_.end(), [](const Task& a, const Task& b) { return a.node < b.node; });
    }
    changed_.notify_all();
  }
}

}  // namespace morgana::host
