// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cache/entry.hpp"
#include "cache/file_lock.hpp"
#include "cache/index.hpp"

namespace morgana::host {

/// Where the cache lies unless the user says otherwise: MORGANA_CACHE, else XDG_CACHE_HOME/morgana, else
/// ~/.cache/morgana.
std::filesystem::path default_cache_folder();

/// Results of nodes by the hash of all they depend on. An entry is there as a whole or not at all; several processes
/// may use one cache at once.
///
///     objects/<2 hex>/<key>/   entry.json, a file an output, files/ for products
///     building/<key>/          an entry being made, or left by a killed run; its owner holds locks/<key>
///     checkpoints/<key>/       what a stage keeps to go on after it was killed
///     sets/<hash>/             links to the values of a whole run
///     index.sqlite             can be deleted
class Store {
 public:
  explicit Store(std::filesystem::path root);

  const std::filesystem::path& root() const noexcept { return root_; }
  Index& index() noexcept { return index_; }

  /// The entry, if all its files are there in their sizes. Its contents are not read.
  std::optional<Entry> find(const std::string& key);
  std::filesystem::path folder(const std::string& key) const;
  std::filesystem::path path_of(const Entry& entry, const StoredFile& file) const;

  /// "" where the file's contents are those that were written; else what is wrong.
  std::string fault_of(const Entry& entry, const StoredFile& file) const;

  /// "" where `entry.json` says of the entry what the index does; else what is wrong.
  std::string fault_of_record(const Entry& entry) const;

  /// Of every entry's folder, whatever lies in it.
  std::vector<std::string> keys() const;

  /// The sole right to make, mend or remove an entry; nothing while another run has it.
  std::optional<FileLock> try_lock(const std::string& key) const;

  /// An empty folder to build the entry in. The caller holds the lock.
  std::filesystem::path begin(const std::string& key) const;
  /// Writes `entry.json`, flushes everything to the disk and puts it in its place, replacing what was there.
  void commit(const Entry& entry, const KeyMaterial& material, const std::string& node);
  /// Drops what `begin` made.
  void abandon(const std::string& key) const;
  /// Removes an entry. The caller holds the lock.
  void remove(const std::string& key);

  /// Puts into the index what lies in the store without it: the index was deleted, or a run was killed in between.
  void adopt_all();

  /// Survives a killed run; removed by `commit`.
  std::filesystem::path checkpoints(const std::string& key) const;
  /// Where a node may write what nobody else reads.
  std::filesystem::path scratch(const std::string& key) const;

  struct Link {
    std::string name, key, file;  ///< the link is called `name` and leads to the entry's `file`
  };
  /// A folder of such links, made once for each list of them.
  std::filesystem::path link_set(const std::vector<Link>& links) const;

 private:
  void drop_finished_checkpoints() const;
  std::optional<Entry> adopt(const std::string& key);
  std::string folder_text(const std::string& key) const;
  void move_away(const std::filesystem::path& path, const std::string& key) const;

  std::filesystem::path root_;
  std::string root_text_;
  Index index_;
};

/// What `Store` holds that no run will ask for again, or that is broken.
struct CleanReport {
  std::size_t removed = 0, kept = 0, busy = 0;  ///< entries; busy: in use by another run
  std::uint64_t removed_bytes = 0, kept_bytes = 0;
};

/// Removes entries that were last used before `used_before` (seconds since 1970), then the least recently used ones
/// until no more than `keep_bytes` are left; then leftovers of killed runs older than that.
CleanReport clean(Store& store, std::optional<std::int64_t> used_before, std::optional<std::uint64_t> keep_bytes);

/// Reads every file of every entry, `entry.json` too. `mend` removes the broken ones that no run is making.
struct Broken {
  std::string key, stage, fault;
  bool removed = false;
};
struct VerifyReport {
  std::size_t read = 0;  ///< entries
  std::vector<Broken> broken;
};
VerifyReport verify(Store& store, bool mend);

}  // namespace morgana::host
