// SPDX-License-Identifier: Apache-2.0
#include "run/foresight.hpp"

#include <fmt/format.h>

#include "run/reason.hpp"

namespace morgana::host {
namespace {

/// What changed of the parts that are known, where the inputs are not.
std::string known_changes(Store& store, const Plan& plan, const PlannedNode& node, KeyMaterial now) {
  const auto last = store.index().last_of_node(plan.file.string(), node.name);
  if (!last) return "new";
  KeyMaterial before;
  for (const auto& part : last->material.parts)
    if (part.kind != "input") before.parts.push_back(part);
  std::erase_if(now.parts, [](const KeyPart& part) { return part.kind == "input"; });
  return fmt::format("{}", fmt::join(changes(before, now), ", "));
}

Foreseen foresee_node(const Plan& plan, std::size_t number, const std::vector<Foreseen>& above, Store& store,
                      int threads, InputContents& contents) {
  const auto& node = plan.nodes[number];
  Foreseen result;
  std::vector<std::string> hashes;
  std::string after;
  for (const auto& edge : node.edges) {
    const auto& from = above[edge.from];
    const auto* file = from.kind == Foreseen::Kind::kCached ? from.entry->output(edge.port) : nullptr;
    hashes.push_back(file ? file->sha256 : "");
    if (!file && after.empty()) after = plan.nodes[edge.from].name;
  }
  try {
    result.material = material_of(plan, node, hashes, placement_of(node, threads), contents);
  } catch (const Error& error) {
    result.kind = Foreseen::Kind::kFails;
    result.reason = error.what();
    return result;
  }
  if (!after.empty()) {
    const auto known = known_changes(store, plan, node, result.material);
    result.kind = known.empty() ? Foreseen::Kind::kDepends : Foreseen::Kind::kRuns;
    result.reason = known.empty() ? fmt::format("after \"{}\"", after) : known;
    return result;
  }
  result.key = result.material.key();
  result.entry = store.find(result.key);
  result.kind = result.entry ? Foreseen::Kind::kCached : Foreseen::Kind::kRuns;
  result.reason =
      result.entry ? "cached" : reason_of(store, plan.file.string(), node.name, result.key, result.material);
  return result;
}

}  // namespace

const char* name_of(Foreseen::Kind kind) {
  switch (kind) {
    case Foreseen::Kind::kCached:
      return "cached";
    case Foreseen::Kind::kRuns:
      return "runs";
    case Foreseen::Kind::kDepends:
      return "depends";
    case Foreseen::Kind::kFails:
      return "fails";
  }
  return "unknown";
}

std::vector<Foreseen> foresee(const Plan& plan, Store& store, int threads) {
  store.index().prefetch(plan.file.string());
  InputContents contents(store.index());
  std::vector<Foreseen> list;
  for (std::size_t i = 0; i < plan.nodes.size(); ++i)
    list.push_back(foresee_node(plan, i, list, store, threads, contents));
  return list;
}

}  // namespace morgana::host
