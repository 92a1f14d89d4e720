// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "cache/database.hpp"
#include "cache/entry.hpp"
#include "cache/file_identity.hpp"

namespace morgana::host {

/// What a node was made of the last time it was part of a run.
struct Remembered {
  std::string key;
  KeyMaterial material;
};

/// A node as a run leaves it in the index's memory.
struct NodeMemory {
  std::string node, key;
  const KeyMaterial* material = nullptr;
};

/// The cache's SQLite index: entries, what each node was made of last, hashes of files read. Nothing in it is lost
/// for good when it is deleted. Every function may be called from any thread.
class Index {
 public:
  explicit Index(const std::filesystem::path& file);

  /// Reads what the nodes of a pipeline were last time, with one query, for `find` and `last_of_node`.
  void prefetch(const std::string& pipeline);

  std::optional<Entry> find(const std::string& key);
  /// `material` is kept as the stage's most recent one.
  void put(const Entry& entry, const KeyMaterial& material);
  void remove(const std::string& key);
  /// Every entry with the time of its last use, oldest first.
  struct Used {
    Entry entry;
    std::int64_t used = 0;  ///< seconds since 1970, exact to an hour
  };
  std::vector<Used> entries();

  std::optional<Remembered> last_of_node(const std::string& pipeline, const std::string& node);
  std::optional<Remembered> last_of_stage(const std::string& stage);
  /// Memory that the stage's last run took, in bytes; nothing where it never ran.
  std::optional<std::uint64_t> memory_growth(const std::string& stage);
  /// Keeps what the nodes of a pipeline are now, and that their entries were used.
  void remember(const std::string& pipeline, const std::vector<NodeMemory>& nodes);

  std::optional<std::string> find_hash(const FileIdentity& file);
  void put_hash(const FileIdentity& file, const std::string& hash);

 private:
  struct Prefetched {
    Entry entry;
    std::int64_t used = 0;
  };
  struct LastNode {
    std::string key, material;
  };

  std::mutex mutex_;
  Database database_;
  bool schema_;
  Statement find_, put_, find_stage_, put_stage_, find_node_, put_node_, touch_, find_hash_, put_hash_;
  mutable std::shared_mutex prefetched_mutex_;  ///< of what follows; taken last
  std::string prefetched_pipeline_;
  std::unordered_map<std::string, Prefetched> prefetched_;
  std::unordered_map<std::string, LastNode> last_;
};

}  // namespace morgana::host
