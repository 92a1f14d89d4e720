// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "graph/substitution.hpp"
#include "pipeline/pipeline.hpp"

namespace morgana::host {

/// A node for one combination of the variables that it depends on, itself or through its inputs.
struct NodeCopy {
  const NodeText* text = nullptr;
  Combination variables;
  std::string name;  ///< "model", or "model[encoder=encode.gasf,generator=ddpm]"
};

/// A source of an input: "split.train".
struct Source {
  std::string node, port;
};

/// Takes "node.port" apart; nothing where it has another form.
std::optional<Source> source_of(const std::string& text);

/// The pipeline with `vary` multiplied out: each node once a combination of the variables it depends on. An input
/// under `in` passes its variables on; under `gather` they end, so the node takes the copies of every combination.
class Expansion {
 public:
  /// Finds unknown and unused variables, unknown nodes and cycles. With a cycle the copies are in no usable order, but
  /// can still be looked at for further faults.
  Expansion(const Pipeline& pipeline, Faults& faults);

  /// In an order in which every node stands behind those it depends on.
  const std::vector<NodeCopy>& copies() const noexcept { return copies_; }
  /// Numbers of the copies of `node` whose variables have the values that `values` has for them.
  std::vector<std::size_t> matching(const std::string& node, const Combination& values) const;
  std::vector<std::string> node_names() const;

 private:
  enum class Visit { kNot, kNow, kDone };
  struct State {
    const NodeText* text = nullptr;
    Visit visit = Visit::kNot;
    std::set<std::string> variables;
    std::vector<std::size_t> copies;
    std::map<std::string, std::size_t> by_combination;
  };

  void note(const NodeText& node, const std::string& text, Position position);
  void note(const NodeText& node, const JsonValue& value);
  void note_all(const NodeText& node);
  void visit(State& state);
  void copy(State& state);
  std::vector<std::string> possible_nodes(const NodeText& node, const Word& source);
  /// How many combinations there are; not counted beyond the most allowed.
  std::size_t count_of(const std::set<std::string>& variables) const;
  std::vector<Combination> combinations(const std::set<std::string>& variables) const;
  void fault(const NodeText& node, Position position, std::string text, std::string hint = "");

  const Pipeline& pipeline_;
  Faults& faults_;
  std::map<std::string, State> states_;
  std::set<std::string> used_;
  std::vector<const NodeText*> path_;
  std::vector<NodeCopy> copies_;
};

}  // namespace morgana::host
