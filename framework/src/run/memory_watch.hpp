// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace morgana::host {

/// Measures this process's memory some times a second while nodes run.
class MemoryWatch {
 public:
  MemoryWatch() = default;
  ~MemoryWatch();

  struct Span {
    bool open = false;
    std::uint64_t at_start = 0, peak = 0;  ///< bytes in RAM
    std::uint64_t growth() const { return peak > at_start ? peak - at_start : 0; }
  };
  std::size_t begin();
  Span end(std::size_t span);

 private:
  void measure_loop();
  void measure();  ///< under the lock

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Span> spans_;
  std::size_t open_ = 0;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace morgana::host
