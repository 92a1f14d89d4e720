// SPDX-License-Identifier: Apache-2.0
#include "run/budget.hpp"

#include <algorithm>

namespace morgana::host {

Budget::Budget(const Limits& limits)
    : limits_(limits), threads_free_(limits.threads), gpu_taken_(static_cast<std::size_t>(limits.gpus), false) {}

std::optional<Budget::Grant> Budget::try_take(const Demand& demand, std::uint64_t resident) {
  if (running_ >= limits_.jobs || demand.threads > threads_free_) return std::nullopt;
  if (limits_.memory > 0 && running_ > 0) {
    if (unknown_runs_ || !demand.memory_growth) return std::nullopt;
    // What runs may not have grown to its size yet.
    const auto committed = std::max(resident, idle_resident_ + expected_growth_);
    if (committed + *demand.memory_growth > limits_.memory) return std::nullopt;
  }
  Grant grant{demand, -1};
  if (demand.gpu) {
    const auto free = std::find(gpu_taken_.begin(), gpu_taken_.end(), false);
    if (free == gpu_taken_.end()) return std::nullopt;
    *free = true;
    grant.gpu = static_cast<int>(free - gpu_taken_.begin());
  }
  if (running_ == 0) idle_resident_ = resident;
  ++running_;
  threads_free_ -= demand.threads;
  expected_growth_ += demand.memory_growth.value_or(0);
  unknown_runs_ = !demand.memory_growth;
  return grant;
}

void Budget::give_back(const Grant& grant) {
  --running_;
  threads_free_ += grant.demand.threads;
  expected_growth_ -= grant.demand.memory_growth.value_or(0);
  if (!grant.demand.memory_growth) unknown_runs_ = false;
  if (grant.gpu >= 0) gpu_taken_[static_cast<std::size_t>(grant.gpu)] = false;
}

}  // namespace morgana::host
