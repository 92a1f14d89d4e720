// SPDX-License-Identifier: Apache-2.0
#include "run/memory_watch.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <system_error>

#include "run/machine.hpp"

namespace morgana::host {

// Reading /proc/self/statm takes some microseconds.
constexpr std::chrono::milliseconds kEvery{50};

MemoryWatch::~MemoryWatch() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::size_t MemoryWatch::begin() {
  const std::lock_guard lock(mutex_);
  if (!thread_.joinable()) try {
      thread_ = std::thread([this] { measure_loop(); });
    } catch (const std::system_error&) {  // the system gives no thread: begin and end are measured all the same
    }
  auto free = std::find_if(spans_.begin(), spans_.end(), [](const Span& span) { return !span.open; });
  if (free == spans_.end()) free = spans_.insert(free, Span{});
  const auto resident = resident_bytes();
  *free = {true, resident, resident};
  if (++open_ == 1) changed_.notify_all();
  return static_cast<std::size_t>(free - spans_.begin());
}

MemoryWatch::Span MemoryWatch::end(std::size_t span) {
  const std::lock_guard lock(mutex_);
  measure();
  const auto result = spans_[span];
  spans_[span].open = false;
  --open_;
  return result;
}

void MemoryWatch::measure() {
  const auto resident = resident_bytes();
  for (auto& span : spans_)
    if (span.open) span.peak = std::max(span.peak, resident);
}

void MemoryWatch::measure_loop() {
  std::unique_lock lock(mutex_);
  while (!closing_) {
    if (open_ == 0) {
      changed_.wait(lock);
      continue;
    }
    try {
      measure();
    } catch (const std::exception&) {  // no memory for a moment; nothing may leave the thread
    }
    changed_.wait_for(lock, kEvery);
  }
}

}  // namespace morgana::host
