// SPDX-License-Identifier: Apache-2.0
#include "run/stage_context.hpp"

#include <chrono>

namespace morgana::host {

// Ten pictures a second are drawn; twice as often is enough to keep them fresh.
constexpr std::int64_t kShownEveryNanoseconds = 50'000'000;

// A stage that logs every packet must not fill the memory and the entry.
constexpr std::size_t kMostLogLines = 1000;

void StageContext::progress(const Progress& progress) {
  const std::int64_t now = std::chrono::steady_clock::now().time_since_epoch().count();
  auto last = last_shown_.load(std::memory_order_relaxed);
  const bool complete = progress.total > 0 && progress.done == progress.total;
  if (!complete && now - last < kShownEveryNanoseconds) return;
  if (!last_shown_.compare_exchange_strong(last, now, std::memory_order_relaxed)) return;
  setting_.observer.progressed(setting_.number, progress);
}

const std::filesystem::path& StageContext::scratch() {
  const std::lock_guard lock(mutex_);
  if (scratch_.empty()) scratch_ = setting_.store.scratch(setting_.key);
  return scratch_;
}

const std::filesystem::path& StageContext::checkpoints() {
  const std::lock_guard lock(mutex_);
  if (checkpoints_.empty()) checkpoints_ = setting_.store.checkpoints(setting_.key);
  return checkpoints_;
}

RunFacts StageContext::run_facts() const {
  if (!setting_.node.stage->reports_run)
    throw Error("the stage asks for the run's facts without saying so").hint("declare a morgana::ReportsRun in it");
  return setting_.facts();
}

std::vector<std::string> StageContext::take_log() {
  const std::lock_guard lock(mutex_);
  return std::move(log_);
}

void StageContext::write_log(LogLevel level, std::string_view text) {
  const std::string line(text);
  if (level != LogLevel::kDebug) {
    const std::lock_guard lock(mutex_);
    if (log_.size() < kMostLogLines) log_.push_back(line);
    else if (log_.size() == kMostLogLines) log_.emplace_back("... and more");
  }
  setting_.observer.logged(setting_.number, level, line);
}

}  // namespace morgana::host
