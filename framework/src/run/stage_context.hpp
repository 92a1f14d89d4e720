// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "cache/store.hpp"
#include "graph/plan.hpp"
#include "morgana/context.hpp"
#include "run/observer.hpp"

namespace morgana::host {

/// What a stage is given while it runs as part of a pipeline.
class StageContext final : public Context {
 public:
  struct Setting {
    const PlannedNode& node;
    std::size_t number;  ///< of the node in the plan
    std::string key;
    Device device;
    int threads = 1;
    const Store& store;
    Observer& observer;
    const std::atomic<bool>& stop;
    std::function<RunFacts()> facts;
  };
  explicit StageContext(Setting setting) : setting_(std::move(setting)) {}

  void progress(const Progress& progress) override;
  bool stop_requested() const noexcept override { return setting_.stop.load(std::memory_order_relaxed); }
  Device device() const override { return setting_.device; }
  int threads() const override { return setting_.threads; }
  const std::filesystem::path& scratch() override;
  const std::filesystem::path& checkpoints() override;
  const std::string& node() const override { return setting_.node.name; }
  const std::map<std::string, std::string>& variables() const override { return setting_.node.variables; }
  RunFacts run_facts() const override;

  /// What the stage said, for the entry; debug lines are left out.
  std::vector<std::string> take_log();

 protected:
  void write_log(LogLevel level, std::string_view text) override;

 private:
  Setting setting_;
  std::atomic<std::int64_t> last_shown_{0};
  std::mutex mutex_;
  std::filesystem::path scratch_, checkpoints_;
  std::vector<std::string> log_;
};

}  // namespace morgana::host
