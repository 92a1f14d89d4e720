// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "morgana/context.hpp"
#include "morgana/parameter.hpp"
#include "pipeline/fault.hpp"
#include "plugin/manifest.hpp"

namespace morgana::host {

class Catalog;

/// An edge into a node: the output `port` of node number `from`.
struct PlannedEdge {
  std::string input;     ///< name of the input port it ends in
  std::size_t from = 0;  ///< index in `Plan::nodes`
  std::string port;      ///< name of the output port
};

/// A parameter with the value the stage will be given: from the pipeline, the command line or its default.
struct PlannedParameter {
  const ParameterInfo* info = nullptr;  ///< in the manifest, which the plan keeps alive
  ParameterValue value;                 ///< of the declared type; input paths are absolute
  bool is_default = true;
  Position position = {};  ///< of the value in the pipeline; of the node where it is the default
};

/// A node after `vary` was multiplied out: one stage that will run once, or come from the cache.
struct PlannedNode {
  std::string name;                              ///< unique: "model" or "model[encoder=encode.gasf,generator=ddpm]"
  std::string base_name;                         ///< "model"
  std::map<std::string, std::string> variables;  ///< the combination of `vary` it depends on
  const PluginManifest* plugin = nullptr;
  const StageManifest* stage = nullptr;
  std::vector<PlannedParameter> parameters;        ///< in the order declared
  std::vector<PlannedEdge> edges;                  ///< in the order declared; several for a gathering input
  std::string device = "auto";                     ///< "cpu", "cuda", "auto"; of accelerated stages
  std::optional<int> threads;                      ///< asked for in the pipeline
  std::uint64_t seed = 0;                          ///< the run's, mixed with the node's name; of seeded stages
  std::vector<const PluginManifest*> codecs = {};  ///< plugins whose codecs the saved values hold that it reads
};

/// A pipeline that was found right: expanded, resolved, type-checked, in an order in which it can run.
struct Plan {
  std::filesystem::path file;  ///< the pipeline file, absolute
  std::string name;            ///< the file's stem
  std::string text;            ///< the file as given
  std::string about;
  std::uint64_t seed = 0;
  std::vector<PlannedNode> nodes;          ///< every edge points backwards
  std::string resolved_json;               ///< the pipeline with every default and no variables
  std::shared_ptr<const Catalog> catalog;  ///< holds the manifests that the nodes point into; may be null in tests
};

}  // namespace morgana::host
