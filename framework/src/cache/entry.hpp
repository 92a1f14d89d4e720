// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "cache/key.hpp"

namespace morgana::host {

/// A file (or, for a product, perhaps a folder) that a node left behind.
struct StoredFile {
  std::string name;  ///< of the output port, or of the output path parameter
  std::string file;  ///< relative to the entry's folder: "traces.safetensors", "files/path.html"
  std::uint64_t bytes = 0;
  std::string sha256;  ///< of the bytes; of a folder, of its names and contents
  friend bool operator==(const StoredFile&, const StoredFile&) = default;
};

/// The result of a node: what is known of it besides the files themselves.
struct Entry {
  std::string key, stage;
  std::vector<StoredFile> outputs;   ///< values, a file an output port
  std::vector<StoredFile> products;  ///< what the stage wrote to its output paths
  double seconds = 0;
  std::uint64_t peak_memory = 0;    ///< bytes, of the whole process while it ran
  std::uint64_t memory_growth = 0;  ///< bytes, the part of it that came while it ran
  std::int64_t made = 0;            ///< seconds since 1970
  std::vector<std::string> log;     ///< what the stage said; not in the index

  const StoredFile* output(std::string_view port) const;
  std::uint64_t bytes() const;
};

/// The files as the index keeps them, one a line; `parse_files` is its inverse.
std::string files_text(const Entry& entry);
void parse_files(std::string_view text, Entry& entry);

/// `entry.json`, which lies beside the values; read back, it makes the index again.
std::string entry_json(const Entry& entry, const KeyMaterial& material, const std::string& node);
struct EntryRecord {
  Entry entry;
  KeyMaterial material;
  std::string node;  ///< the first that it was made for
};
/// Throws `Error` where the file is not one.
EntryRecord read_entry(const std::filesystem::path& file);

}  // namespace morgana::host
