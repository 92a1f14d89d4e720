// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace morgana::host {

/// What a node takes while it runs.
struct Demand {
  int threads = 1;
  bool gpu = false;
  std::optional<std::uint64_t> memory_growth;  ///< bytes it took the last time; nothing where it never ran
};

/// What a run may use in all.
struct Limits {
  int threads = 1;
  int jobs = 1;  ///< nodes at once
  int gpus = 0;
  std::uint64_t memory = 0;  ///< bytes of this process in RAM; 0: no limit
};

/// Who uses what. The sum of what was taken never exceeds the limits; but one node alone always fits in memory,
/// because waiting would not help it. Where memory is limited, a node whose growth is not known runs alone.
/// Used under the scheduler's lock.
class Budget {
 public:
  explicit Budget(const Limits& limits);

  struct Grant {
    Demand demand;
    int gpu = -1;  ///< which one, of a node that needs one
  };
  /// `resident` is the memory in use now. Nothing where it does not fit.
  std::optional<Grant> try_take(const Demand& demand, std::uint64_t resident);
  void give_back(const Grant& grant);

  int running() const noexcept { return running_; }
  int threads_free() const noexcept { return threads_free_; }

 private:
  Limits limits_;
  int running_ = 0;
  int threads_free_;
  std::vector<bool> gpu_taken_;
  std::uint64_t idle_resident_ = 0;    ///< before the first of those that run now
  std::uint64_t expected_growth_ = 0;  ///< of those that run now
  bool unknown_runs_ = false;          ///< one whose growth is not known, alone
};

}  // namespace morgana::host
