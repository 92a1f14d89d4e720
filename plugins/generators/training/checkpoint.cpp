// SPDX-License-Identifier: Apache-2.0
#include "training/checkpoint.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "morgana/error.hpp"

namespace morgana::training {

void write_checkpoint(const std::filesystem::path& folder, const Archive& archive) {
  const auto file = folder / "checkpoint.safetensors", temporary = folder / "checkpoint.safetensors.tmp";
  archive.write(temporary);
  std::filesystem::rename(temporary, file);
  const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (handle < 0) return;  // the rename stands; only its order on the disk is unknown
  ::fsync(handle);
  ::close(handle);
}

Archive read_checkpoint(const std::filesystem::path& folder) {
  const auto file = folder / "checkpoint.safetensors";
  return std::filesystem::exists(file) ? Archive::read(file) : Archive{};
}

}  // namespace morgana::training
