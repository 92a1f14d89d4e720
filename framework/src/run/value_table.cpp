// SPDX-License-Identifier: Apache-2.0
#include "run/value_table.hpp"

#include <algorithm>
#include <string_view>

#include "run/stage_run.hpp"

namespace morgana::host {

bool may_hold_codec(std::string_view type) { return type != "Traces" && type != "Metrics"; }

ValueTable::ValueTable(const Plan& plan, const Store& store, StageSource& source)
    : plan_(plan), store_(store), source_(source), slots_(plan.nodes.size()) {
  for (const auto& node : plan.nodes)
    for (const auto& edge : node.edges) ++slots_[edge.from].consumers;
}

void ValueTable::put(std::size_t node, ValueMap values) {
  auto& slot = slots_[node];
  const std::lock_guard lock(slot.mutex);
  if (slot.consumers > 0) slot.values = std::move(values);
}

std::shared_ptr<const Value> ValueTable::get(std::size_t node, const std::string& port, const Entry& entry,
                                             const ValueType& type) {
  auto& slot = slots_[node];
  const std::lock_guard lock(slot.mutex);
  if (const auto known = slot.values.find(port); known != slot.values.end()) return known->second;
  const auto* file = entry.output(port);
  if (file == nullptr) throw CorruptValue(node, "the entry has no output \"" + port + "\"");
  if (auto fault = store_.fault_of(entry, *file); !fault.empty()) throw CorruptValue(node, fault);
  if (may_hold_codec(type.name)) open_codecs_above(node);
  std::shared_ptr<const Value> value;
  try {
    guarded([&] { value = type.load(store_.path_of(entry, *file)); });
  } catch (const Error& error) {
    throw Error("cannot load {} from the cache: {}", file->file, error.what())
        .hint(
            "the value type's load does not read what its save wrote; `morgana cache clean --keep-size 0` starts anew");
  }
  slot.values.emplace(port, value);
  return value;
}

void ValueTable::release(const std::vector<PlannedEdge>& edges) {
  for (const auto& edge : edges) {
    auto& slot = slots_[edge.from];
    ValueMap dropped;  // destroyed after the lock is gone
    const std::lock_guard lock(slot.mutex);
    if (--slot.consumers == 0) dropped.swap(slot.values);
  }
}

void ValueTable::open_codecs_above(std::size_t node) {
  const auto open = [&](std::size_t number) {
    const auto* plugin = plan_.nodes[number].plugin;
    if (!plugin->codecs.empty()) source_.open_codecs(*plugin);
    for (const auto* other : plan_.nodes[number].codecs) source_.open_codecs(*other);
  };
  for (const auto number : ancestors(plan_, node)) open(number);
  open(node);
}

std::vector<std::size_t> ancestors(const Plan& plan, std::size_t node) {
  std::vector<bool> above(plan.nodes.size(), false);
  above[node] = true;
  std::vector<std::size_t> list;
  for (std::size_t i = node + 1; i-- > 0;) {  // edges point backwards
    if (!above[i]) continue;
    if (i != node) list.push_back(i);
    for (const auto& edge : plan.nodes[i].edges) above[edge.from] = true;
  }
  std::reverse(list.begin(), list.end());
  return list;
}

}  // namespace morgana::host
