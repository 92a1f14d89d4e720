// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cache/entry.hpp"
#include "graph/plan.hpp"
#include "morgana/stage.hpp"

namespace morgana::host {

/// Values by output port.
using ValueMap = std::map<std::string, std::shared_ptr<const Value>>;

/// How messages name a node's stage: `node "model": libmorgana_ddpm.so, stage train.ddpm`.
std::string described(const PlannedNode& node);

/// Gives the stage its parameters and seed. Output paths are led into `files`, a folder of the entry being built.
void configure(Stage& stage, const PlannedNode& node, const std::filesystem::path& files);

/// Runs code of a plugin: whatever it throws comes out as `Error`, or as `Stopped`.
void guarded(const std::function<void()>& plugin_code);

/// Makes the stage's checks and runs it on the calling thread, where its own TBB algorithms find `threads` slots.
/// Throws as `guarded` does.
void run_guarded(Stage& stage, Context& context, int threads);

/// The outputs; throws `Error` where one was not assigned.
ValueMap outputs_of(const Stage& stage);

/// Saves values into the entry's folder and notes their sizes and hashes, and those of the products.
void save_into(const std::filesystem::path& folder, const ValueMap& values, const PlannedNode& node, Entry& entry);

}  // namespace morgana::host
