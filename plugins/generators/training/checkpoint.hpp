// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "morgana/archive.hpp"

namespace morgana::training {

/// Writes `folder/checkpoint.safetensors` whole or not at all: a temporary name, synced, renamed, the folder synced.
void write_checkpoint(const std::filesystem::path& folder, const Archive& archive);

/// The folder's checkpoint, or an archive without arrays where there is none.
Archive read_checkpoint(const std::filesystem::path& folder);

}  // namespace morgana::training
