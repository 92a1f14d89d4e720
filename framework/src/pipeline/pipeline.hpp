// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/fault.hpp"
#include "pipeline/json.hpp"

namespace morgana::host {

/// A word of the pipeline and where it stands.
struct Word {
  std::string text;
  Position position;
};

/// `"port": "node.port"` under `in`, or a list of them under `gather`.
struct Connection {
  Word port;
  std::vector<Word> sources;
  bool gather = false;
};

/// A parameter's value, for the copies of the node in which every variable named has the value named.
struct Setting {
  Word name;
  JsonValue value;
  std::vector<std::pair<Word, std::string>> conditions = {};  ///< {"generator", "ddpm"}
};

/// A node as written.
struct NodeText {
  Word name;
  Word use;
  std::vector<Connection> connections;
  std::vector<Setting> settings;  ///< a later one replaces an earlier one
  std::optional<Word> device;
  std::optional<JsonValue> threads, seed;
};

/// A variable of `vary`.
struct Variable {
  Word name;
  std::vector<JsonValue> values;
};

/// A pipeline file as written: right in its form; what its words mean is not looked at yet.
struct Pipeline {
  std::string about;
  std::uint64_t seed = 0;
  std::vector<Variable> variables;
  std::vector<NodeText> nodes;
};

inline constexpr const char* kPipelineSchema = "morgana.pipeline/1";

/// Reads the form of a pipeline; what is wrong goes to `faults`, and the rest is read on.
Pipeline parse_pipeline(const JsonValue& document, Faults& faults);

/// Applies `--set` options: `node.parameter=value`, `node[variable=value].parameter=value`, `seed=value` and
/// `vary.variable=[values]`. A value is JSON, or else a string.
void apply_overrides(Pipeline& pipeline, const std::vector<std::string>& overrides, Faults& faults);

/// What is wrong with a variable's values, and where: one of a kind that none has, one that stands there twice.
std::vector<std::pair<Position, std::string>> faults_of_values(const std::string& variable,
                                                               const std::vector<JsonValue>& values);

/// What a message calls a value of a variable, and what stands for it in text: a string without quotation marks.
std::string variable_text(const JsonValue& value);

}  // namespace morgana::host
