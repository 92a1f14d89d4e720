// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "cache/sha256.hpp"
#include "cache/store.hpp"
#include "graph/plan.hpp"
#include "morgana/metrics.hpp"
#include "morgana/stage.hpp"
#include "run/executor.hpp"

/// Pipelines made by hand from stages in the test itself.
namespace morgana::host::testing {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "morgana-run-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string read_text(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline void write_text(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

inline Metrics number(double value) {
  Metrics metrics;
  metrics.evaluator = "test";
  metrics.metrics.push_back(
      {.name = "number", .value = value, .unit = "", .tags = {}, .floor = {}, .low = {}, .high = {}, .note = ""});
  return metrics;
}
inline double number_in(const Metrics& metrics) { return metrics.metrics.at(0).value; }

/// Gives out stages of this program and counts how often each node ran.
class HandSource : public StageSource {
 public:
  using Factory = std::function<std::unique_ptr<Stage>()>;

  template <typename T>
  void add(const std::string& name) {
    add(name, [] { return std::make_unique<T>(); });
  }
  void add(const std::string& name, Factory factory) {
    const auto stage = factory();
    auto& manifest = manifests_[name];
    manifest.name = name;
    for (const auto* port : stage->inputs())
      manifest.inputs.push_back({port->name(), std::string(port->value_type().name),
                                 std::string(port->value_type().extension), "", port->required(), port->many()});
    for (const auto* port : stage->outputs())
      manifest.outputs.push_back({port->name(), std::string(port->value_type().name),
                                  std::string(port->value_type().extension), "", true, false});
    for (const auto* parameter : stage->parameters()) manifest.parameters.push_back(parameter->info());
    manifest.seeded = stage->seed() != nullptr;
    manifest.accelerated = stage->accelerated();
    manifest.parallel = stage->parallel();
    manifest.reports_run = stage->reports_run();
    manifest.checks = !stage->checks().empty();
    factories_[name] = std::move(factory);
  }

  std::unique_ptr<Stage> make(const PlannedNode& node) override {
    const std::lock_guard lock(mutex_);
    ++runs[node.name];
    return factories_.at(node.stage->name)();
  }
  void open_codecs(const PluginManifest&) override {}

  const StageManifest& manifest(const std::string& name) const { return manifests_.at(name); }
  std::map<std::string, int> runs;

 private:
  std::mutex mutex_;
  std::map<std::string, Factory> factories_;
  std::map<std::string, StageManifest> manifests_;
};

/// Builds a plan node by node: `node("b", "add", {{"a", "x.number"}}, {{"by", 3.0}})`.
class HandPlan {
 public:
  explicit HandPlan(HandSource& source) : source_(source) {
    plugin.library = "/nowhere/libmorgana_hand.so";
    plugin.name = "hand";
    plugin.build_id = "build-1";
    plan.file = "/nowhere/hand.json";
    plan.name = "hand";
    plan.text = plan.resolved_json = "{}";
  }

  HandPlan& node(const std::string& name, const std::string& stage,
                 const std::vector<std::pair<std::string, std::string>>& edges = {},
                 const std::map<std::string, ParameterValue>& set = {}) {
    PlannedNode planned;
    planned.name = planned.base_name = name;
    planned.plugin = &plugin;
    planned.stage = &source_.manifest(stage);
    for (const auto& info : planned.stage->parameters) {
      const auto given = set.find(info.name);
      planned.parameters.push_back(
          {&info, given != set.end() ? checked(info, given->second) : info.value.value(), given == set.end()});
    }
    for (const auto& [input, from] : edges) {
      const auto dot = from.find('.');
      planned.edges.push_back({input, number_of(from.substr(0, dot)), from.substr(dot + 1)});
    }
    planned.seed = std::hash<std::string>()(name);
    plan.nodes.push_back(std::move(planned));
    return *this;
  }
  std::size_t number_of(const std::string& name) const {
    for (std::size_t i = 0; i < plan.nodes.size(); ++i)
      if (plan.nodes[i].name == name) return i;
    throw Error("the test's plan has no node {}", name);
  }

  PluginManifest plugin;
  Plan plan;

 private:
  HandSource& source_;
};

/// Keeps what it is told.
class Notes : public Observer {
 public:
  void started(std::size_t node, const NodeOutcome&) override {
    const std::lock_guard lock(mutex);
    begun.push_back(node);
    if (on_start) on_start(node);
  }
  void logged(std::size_t, LogLevel, const std::string& text) override {
    const std::lock_guard lock(mutex);
    lines.push_back(text);
  }
  std::mutex mutex;
  std::vector<std::size_t> begun;
  std::vector<std::string> lines;
  std::function<void(std::size_t)> on_start;
};

/// Runs plans over one cache.
class PipelineTest : public ::testing::Test {
 protected:
  RunOutcome run(const HandPlan& plan) {
    Store store(folder.path() / "cache");
    return run(plan, store);
  }
  RunOutcome run(const HandPlan& plan, Store& store) {
    Executor executor(plan.plan, options, store, source, notes, stop);
    return executor.run();
  }
  static std::string hash(const RunOutcome& outcome, const HandPlan& plan, const std::string& node) {
    return outcome.nodes.at(plan.number_of(node)).entry->outputs.at(0).sha256;
  }
  static const NodeOutcome& of(const RunOutcome& outcome, const HandPlan& plan, const std::string& node) {
    return outcome.nodes.at(plan.number_of(node));
  }

  TemporaryFolder folder;
  HandSource source;
  Notes notes;
  std::atomic<bool> stop{false};
  ExecutorOptions options{{2, 2, 0, 0}, false, "hand", "morgana run", "1.0.0", {}};
};

}  // namespace morgana::host::testing
