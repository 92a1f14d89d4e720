// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "cache/store.hpp"
#include "graph/plan.hpp"
#include "run/budget.hpp"
#include "run/observer.hpp"

namespace morgana::host {

/// A run's folder, `<time>-<name>`: the pipeline as given and as resolved, `events.jsonl` as it goes, products in their
/// places, and in the end `run.json` and links to every value.
class RunFolder final : public Observer {
 public:
  struct Facts {
    std::string command, version;
    Limits limits;
  };
  /// Makes the folder below `runs`, and `runs/latest` lead to it. Throws `Error` where that cannot be done.
  RunFolder(const Plan& plan, Store& store, const std::filesystem::path& runs, Facts facts);
  ~RunFolder() override;

  const std::filesystem::path& path() const noexcept { return path_; }
  std::string name() const { return path_.filename().string(); }

  /// Writes `run.json` with all that came out, and the links. `status` is "done", "failed" or "stopped".
  void finish(const RunOutcome& outcome, const std::string& status);

  /// Where products lie now.
  std::vector<std::filesystem::path> products() const;
  /// What could not be put in its place.
  std::vector<std::string> faults() const;

  void started(std::size_t node, const NodeOutcome& so_far) override;
  void progressed(std::size_t node, const Progress& progress) override;
  void logged(std::size_t node, LogLevel level, const std::string& text) override;
  void waits_for_other_run(std::size_t node) override;
  void ended(std::size_t node, const NodeOutcome& outcome) override;

 private:
  void write_record(const RunOutcome* outcome, const std::string& status) const;
  void place_products(std::size_t node, const Entry& entry);
  void append(const std::string& line, bool flush = true);
  double now() const;

  const Plan& plan_;
  Store& store_;
  const Facts facts_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::string started_at_;
  std::filesystem::path path_;
  mutable std::mutex mutex_;
  std::FILE* events_ = nullptr;
  std::vector<double> last_progress_;  ///< of each node, seconds since the begin
  std::vector<std::filesystem::path> products_;
  std::vector<std::string> faults_;
};

}  // namespace morgana::host
