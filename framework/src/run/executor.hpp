// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tbb/flow_graph.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cache/store.hpp"
#include "graph/plan.hpp"
#include "run/memory_watch.hpp"
#include "run/node_key.hpp"
#include "run/observer.hpp"
#include "run/outcome.hpp"
#include "run/scheduler.hpp"
#include "run/stage_source.hpp"
#include "run/value_table.hpp"

namespace morgana::host {

struct ExecutorOptions {
  Limits limits;
  bool keep_going = false;  ///< after a failure, go on with what does not depend on it
  std::string run_name, command, version;
  std::function<std::string()> graph_svg;  ///< of the pipeline, for stages that report the run; may be empty
};

/// Runs a plan: each node is taken from the cache when the contents of its inputs are known, or else run, as soon as
/// what it depends on has ended.
///
/// A oneTBB flow graph carries "has ended" along the edges and decides; the stages themselves run on the scheduler's
/// own threads, because they may wait, and because LibTorch wants the same threads again.
class Executor {
 public:
  Executor(const Plan& plan, ExecutorOptions options, Store& store, StageSource& source, Observer& observer,
           const std::atomic<bool>& stop);

  /// Call once. Returns when every node has ended; throws nothing that a node threw, but what the observer threw.
  RunOutcome run();

  /// Nodes that run at this moment; for another thread that wonders why the run does not end.
  std::vector<std::size_t> running() const;
  /// The outcomes so far, for a run that has to be given up.
  RunOutcome so_far() const;

 private:
  using Message = tbb::flow::continue_msg;
  struct State {
    mutable std::mutex mutex;  ///< of `outcome`
    NodeOutcome outcome;
    std::mutex building;  ///< held while the node runs
    bool waited_for_other = false, told_corrupt = false;
  };

  /// An input of a node is not what its key was computed from.
  struct InputChanged {};

  void decide(std::size_t node);
  Scheduler::Result work(std::size_t node, const Budget::Grant& grant, Demand& demand);
  bool work_locked(std::size_t node, const Budget::Grant& grant, Demand& demand);
  void build(std::size_t node, int gpu);
  bool allows_mending(const Budget::Grant& grant, std::size_t node, Demand& demand) const;
  void mend(const CorruptValue& fault, int gpu);
  bool mended(std::size_t node, const CorruptValue& fault, int gpu);
  void connect_inputs(std::size_t node, Stage& stage);
  KeyMaterial material(std::size_t node);
  std::string refreshed_key(std::size_t node);
  void take_cached(std::size_t node, Entry entry, std::string reason);
  void fail(std::size_t node, const Error& error, bool of_stage);
  void set_status(std::size_t node, NodeStatus status, std::string reason);
  void end(std::size_t node) noexcept;
  bool halted() const;
  RunFacts facts(std::size_t node) const;
  double now() const;

  const Plan& plan_;
  const ExecutorOptions options_;
  Store& store_;
  StageSource& source_;
  Observer& observer_;
  const std::atomic<bool>& stop_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  InputContents contents_;
  ValueTable values_;
  MemoryWatch memory_;
  std::atomic<bool> failed_{false};
  std::deque<State> states_;
  std::exception_ptr observer_fault_;
  mutable std::mutex running_mutex_;  ///< of what stands around it
  std::vector<std::size_t> running_;

  tbb::flow::graph graph_;
  std::deque<tbb::flow::continue_node<Message>> deciders_;  ///< fires when all a node depends on has ended
  std::deque<tbb::flow::broadcast_node<Message>> enders_;   ///< tells its consumers
  std::unique_ptr<Scheduler> scheduler_;
};

}  // namespace morgana::host
