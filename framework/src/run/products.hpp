// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "cache/entry.hpp"

namespace morgana::host {

/// Copies a file or folder, replacing what is there. A very large file is linked instead.
void put_in_place(const std::filesystem::path& from, const std::filesystem::path& place);

/// A value's name among a run's links: "split.train.safetensors".
std::string link_name(const std::string& node, const StoredFile& file);

}  // namespace morgana::host
