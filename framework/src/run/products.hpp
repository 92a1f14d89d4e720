// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "cache/entry.hpp"
#include "graph/plan.hpp"

namespace morgana::host {

/// Where a node's product goes: its output path, relative to the run's folder.
std::filesystem::path product_place(const PlannedNode& node, const std::string& parameter,
                                    const std::filesystem::path& run_folder);

/// Copies a file or folder, replacing what is there. A very large file is linked instead.
void put_in_place(const std::filesystem::path& from, const std::filesystem::path& place);

/// A value's name among a run's links: "split.train.safetensors".
std::string link_name(const std::string& node, const StoredFile& file);

}  // namespace morgana::host
