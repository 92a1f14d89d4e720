// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "graph/plan.hpp"
#include "morgana/stage.hpp"
#include "plugin/plugin_fault.hpp"

namespace morgana::host {

/// Where stages come from: plugin libraries, opened when they are first needed. Every function may be called from any
/// thread.
class StageSource {
 public:
  virtual ~StageSource() = default;

  /// A stage for the node, with nothing connected yet. Throws `PluginFault`.
  virtual std::unique_ptr<Stage> make(const PlannedNode& node) = 0;

  /// Makes the codecs of a plugin known, so that values which hold them can be loaded. Throws `PluginFault`.
  virtual void open_codecs(const PluginManifest& plugin) = 0;
};

}  // namespace morgana::host
