// SPDX-License-Identifier: Apache-2.0
// What the executor does about a cached value that is not what was written.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "run/executor.hpp"

namespace morgana::host {

// Can the node, and what is above it, run with what was granted? If not, `demand` becomes what it takes.
bool Executor::allows_mending(const Budget::Grant& grant, std::size_t node, Demand& demand) const {
  auto nodes = ancestors(plan_, node);
  nodes.push_back(node);
  for (const auto number : nodes) {
    const auto placement = placement_of(plan_.nodes[number], options_.limits.threads);
    demand.threads = std::max(demand.threads, placement.threads);
    demand.gpu |= placement.cuda;
  }
  return demand.threads <= grant.demand.threads && demand.gpu == grant.demand.gpu;
}

// Makes an entry again whose value was found broken, on the thread of a node that needs it.
void Executor::mend(const CorruptValue& fault, int gpu) {
  const auto node = fault.node();
  auto& state = states_[node];
  const std::lock_guard building(state.building);
  const auto corrupt = [&] {
    const std::lock_guard outcome(state.mutex);
    return state.outcome.entry ? state.outcome.entry->key : state.outcome.key;
  }();
  // Each try but the last ends at an input that is corrupt too, or that was made again meanwhile.
  for (std::size_t tries = 0; !mended(node, fault, gpu); ++tries)
    if (tries > 2 * plan_.nodes[node].edges.size())
      throw Error("\"{}\", whose cached result is corrupt, has inputs that do not stay whole", plan_.nodes[node].name);
  if (corrupt == states_[node].outcome.key) return;
  if (const auto lock = store_.try_lock(corrupt)) store_.remove(corrupt);
}

// False: an input was made again, so that what the node depends on has changed.
bool Executor::mended(std::size_t node, const CorruptValue& fault, int gpu) {
  auto& state = states_[node];
  const auto key = refreshed_key(node);
  std::optional<FileLock> lock;
  while (!(lock = store_.try_lock(key))) {
    if (halted()) throw Stopped();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  if (const auto entry = store_.find(key)) {  // another node or run may have mended it meanwhile
    const bool whole = std::all_of(entry->outputs.begin(), entry->outputs.end(),
                                   [&](const StoredFile& file) { return store_.fault_of(*entry, file).empty(); });
    if (whole) {
      const std::lock_guard outcome(state.mutex);
      state.outcome.entry = entry;
      return true;
    }
  }
  if (!std::exchange(state.told_corrupt, true))
    observer_.logged(node, LogLevel::kWarning,
                     fmt::format("its cached result is corrupt and is made again: {}", fault.what()));
  store_.remove(key);
  {
    const std::lock_guard outcome(state.mutex);
    state.outcome.reason = "its cached result was corrupt";
  }
  try {
    build(node, gpu);
  } catch (const CorruptValue& deeper) {
    lock.reset();
    mend(deeper, gpu);
    return false;
  } catch (const InputChanged&) {
    return false;
  }
  const auto status = [&] {
    const std::lock_guard outcome(state.mutex);
    return state.outcome.status;
  }();
  observer_.ended(node, state.outcome);
  if (status == NodeStatus::kStopped) throw Stopped();
  if (status != NodeStatus::kDone)
    throw Error("\"{}\", whose cached result is corrupt, could not be made again", plan_.nodes[node].name);
  return true;
}

}  // namespace morgana::host
