// SPDX-License-Identifier: Apache-2.0
#include "cache/index.hpp"

#include <chrono>

namespace morgana::host {
namespace {

constexpr const char* kTables = R"(
CREATE TABLE IF NOT EXISTS entries(
  key TEXT PRIMARY KEY, stage TEXT NOT NULL, files TEXT NOT NULL, seconds REAL NOT NULL, peak INTEGER NOT NULL,
  growth INTEGER NOT NULL, made INTEGER NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS nodes(
  pipeline TEXT NOT NULL, node TEXT NOT NULL, key TEXT NOT NULL, material TEXT NOT NULL,
  PRIMARY KEY(pipeline, node)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stages(
  stage TEXT PRIMARY KEY, key TEXT NOT NULL, material TEXT NOT NULL, growth INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS known_files(
  path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified INTEGER NOT NULL, inode INTEGER NOT NULL,
  sampled INTEGER NOT NULL, hash TEXT NOT NULL) WITHOUT ROWID;
)";

// A run that finds everything cached then writes nothing, unless an hour has passed.
constexpr std::int64_t kUsedExactness = 3600;

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

constexpr const char* kEntryColumns = "e.key, e.stage, e.files, e.seconds, e.peak, e.growth, e.made, e.used";

Entry entry_of(const Statement& row) {
  Entry entry;
  entry.key = row.text(0);
  entry.stage = row.text(1);
  parse_files(row.text(2), entry);
  entry.seconds = row.real(3);
  entry.peak_memory = static_cast<std::uint64_t>(row.integer(4));
  entry.memory_growth = static_cast<std::uint64_t>(row.integer(5));
  entry.made = row.integer(6);
  return entry;
}

std::string select(const char* rest) { return std::string("SELECT ") + kEntryColumns + rest; }

}  // namespace

Index::Index(const std::filesystem::path& file)
    : database_(file),
      schema_((database_.run(kTables), true)),
      find_(database_.prepare(select(" FROM entries e WHERE e.key = ?").c_str())),
      put_(database_.prepare("INSERT OR REPLACE INTO entries VALUES(?, ?, ?, ?, ?, ?, ?, ?)")),
      find_stage_(database_.prepare("SELECT key, material, growth FROM stages WHERE stage = ?")),
      put_stage_(database_.prepare("INSERT OR REPLACE INTO stages VALUES(?, ?, ?, ?)")),
      find_node_(database_.prepare("SELECT key, material FROM nodes WHERE pipeline = ? AND node = ?")),
      put_node_(database_.prepare("INSERT OR REPLACE INTO nodes VALUES(?, ?, ?, ?)")),
      touch_(database_.prepare("UPDATE entries SET used = ?1 WHERE key = ?2 AND used < ?1 - ?3")),
      find_hash_(database_.prepare("SELECT size, modified, inode, sampled, hash FROM known_files WHERE path = ?")),
      put_hash_(database_.prepare("INSERT OR REPLACE INTO known_files VALUES(?, ?, ?, ?, ?, ?)")) {}

void Index::prefetch(const std::string& pipeline) {
  const std::scoped_lock lock(mutex_, prefetched_mutex_);
  prefetched_pipeline_ = pipeline;
  auto nodes = database_.prepare("SELECT node, key, material FROM nodes WHERE pipeline = ?");
  for (nodes.start(pipeline); nodes.next();) last_[nodes.text(0)] = {nodes.text(1), nodes.text(2)};
  auto entries =
      database_.prepare(select(" FROM entries e WHERE e.key IN (SELECT key FROM nodes WHERE pipeline = ?)").c_str());
  for (entries.start(pipeline); entries.next();) {
    auto entry = entry_of(entries);
    auto key = entry.key;
    prefetched_.emplace(std::move(key), Prefetched{std::move(entry), entries.integer(7)});
  }
}

std::optional<Entry> Index::find(const std::string& key) {
  {
    const std::shared_lock lock(prefetched_mutex_);
    if (const auto known = prefetched_.find(key); known != prefetched_.end()) return known->second.entry;
  }
  const std::lock_guard lock(mutex_);
  std::optional<Entry> entry;
  if (find_.start(key).next()) entry = entry_of(find_);
  find_.reset();
  return entry;
}

void Index::put(const Entry& entry, const KeyMaterial& material) {
  const std::scoped_lock lock(mutex_, prefetched_mutex_);
  prefetched_.erase(entry.key);
  const auto growth = static_cast<std::int64_t>(entry.memory_growth);
  const auto files = files_text(entry), text = material.text();
  Transaction transaction(database_);
  put_.run(entry.key, entry.stage, files, entry.seconds, static_cast<std::int64_t>(entry.peak_memory), growth,
           entry.made, now());
  put_stage_.run(entry.stage, entry.key, text, growth);
  transaction.commit();
}

void Index::remove(const std::string& key) {
  const std::scoped_lock lock(mutex_, prefetched_mutex_);
  prefetched_.erase(key);
  database_.prepare("DELETE FROM entries WHERE key = ?").run(key);
}

std::vector<Index::Used> Index::entries() {
  const std::lock_guard lock(mutex_);
  std::vector<Used> list;
  auto query = database_.prepare(select(" FROM entries e ORDER BY e.used, e.made, e.key").c_str());
  for (query.start(); query.next();) list.push_back({entry_of(query), query.integer(7)});
  return list;
}

std::optional<Remembered> Index::last_of_node(const std::string& pipeline, const std::string& node) {
  const std::lock_guard lock(mutex_);
  if (const std::shared_lock prefetched(prefetched_mutex_); pipeline == prefetched_pipeline_) {
    const auto known = last_.find(node);
    if (known == last_.end()) return std::nullopt;
    return Remembered{known->second.key, KeyMaterial::parse(known->second.material)};
  }
  std::optional<Remembered> result;
  if (find_node_.start(pipeline, node).next()) result = {find_node_.text(0), KeyMaterial::parse(find_node_.text(1))};
  find_node_.reset();
  return result;
}

std::optional<Remembered> Index::last_of_stage(const std::string& stage) {
  const std::lock_guard lock(mutex_);
  std::optional<Remembered> result;
  if (find_stage_.start(stage).next()) result = {find_stage_.text(0), KeyMaterial::parse(find_stage_.text(1))};
  find_stage_.reset();
  return result;
}

std::optional<std::uint64_t> Index::memory_growth(const std::string& stage) {
  const std::lock_guard lock(mutex_);
  std::optional<std::uint64_t> growth;
  if (find_stage_.start(stage).next()) growth = static_cast<std::uint64_t>(find_stage_.integer(2));
  find_stage_.reset();
  return growth;
}

void Index::remember(const std::string& pipeline, const std::vector<NodeMemory>& nodes) {
  const std::scoped_lock lock(mutex_, prefetched_mutex_);
  const auto today = now();
  const bool same_pipeline = pipeline == prefetched_pipeline_;
  std::vector<const NodeMemory*> changed, used;
  for (const auto& node : nodes) {
    const auto last = last_.find(node.node);
    if (!same_pipeline || last == last_.end() || last->second.key != node.key) changed.push_back(&node);
    const auto entry = prefetched_.find(node.key);
    if (entry == prefetched_.end() || entry->second.used < today - kUsedExactness) used.push_back(&node);
  }
  if (changed.empty() && used.empty()) return;
  Transaction transaction(database_);
  for (const auto* node : changed) put_node_.run(pipeline, node->node, node->key, node->material->text());
  for (const auto* node : used) touch_.run(today, node->key, kUsedExactness);
  transaction.commit();
}

std::optional<std::string> Index::find_hash(const FileIdentity& file) {
  const std::lock_guard lock(mutex_);
  std::optional<std::string> hash;
  if (find_hash_.start(file.path).next() &&
      file == FileIdentity{file.path, find_hash_.integer(0), find_hash_.integer(1), find_hash_.integer(2),
                           find_hash_.integer(3)})
    hash = find_hash_.text(4);
  find_hash_.reset();
  return hash;
}

void Index::put_hash(const FileIdentity& file, const std::string& hash) {
  const std::lock_guard lock(mutex_);
  put_hash_.run(file.path, file.size, file.modified_nanoseconds, file.inode, file.sampled, hash);
}

}  // namespace morgana::host
