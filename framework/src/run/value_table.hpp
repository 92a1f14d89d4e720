// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "cache/store.hpp"
#include "graph/plan.hpp"
#include "run/stage_run.hpp"
#include "run/stage_source.hpp"

namespace morgana::host {

/// A cached value that is not what was written.
class CorruptValue : public Error {
 public:
  CorruptValue(std::size_t node, const std::string& fault) : Error(fault), node_(node) {}
  std::size_t node() const noexcept { return node_; }

 private:
  std::size_t node_;
};

/// False for the types whose values hold no codec: loading them opens no other library (LibTorch takes its time).
bool may_hold_codec(std::string_view type);

/// The values of a run that are in memory: a value is loaded when a node that runs needs it, and dropped with its
/// last consumer.
class ValueTable {
 public:
  ValueTable(const Plan& plan, const Store& store, StageSource& source);

  /// What a node gave just now.
  void put(std::size_t node, ValueMap values);

  /// A node's output, from memory or from its entry. `type` is that of the port it goes to. Throws `CorruptValue`
  /// where the entry is broken, `PluginFault` where a codec's library cannot be opened.
  std::shared_ptr<const Value> get(std::size_t node, const std::string& port, const Entry& entry,
                                   const ValueType& type);

  /// A consumer of these edges needs no input any more.
  void release(const std::vector<PlannedEdge>& edges);

 private:
  struct Slot {
    std::mutex mutex;
    ValueMap values;
    std::size_t consumers = 0;  ///< edges that were not released yet
  };
  void open_codecs_above(std::size_t node);

  const Plan& plan_;
  const Store& store_;
  StageSource& source_;
  std::vector<Slot> slots_;
};

/// Numbers of all nodes that a node depends on, in the plan's order.
std::vector<std::size_t> ancestors(const Plan& plan, std::size_t node);

}  // namespace morgana::host
