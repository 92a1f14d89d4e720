// SPDX-License-Identifier: Apache-2.0
#include "cache/store.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "cache/content.hpp"
#include "cache/durable.hpp"
#include "cache/plain_words.hpp"
#include "cache/sha256.hpp"
#include "morgana/error.hpp"

namespace morgana::host {
namespace {

namespace fs = std::filesystem;

fs::path prepared(fs::path root) {
  root = fs::absolute(root).lexically_normal();
  try {
    make_folders(root);
    bool is_new = false;
    for (const char* folder : {"objects", "building", "checkpoints", "locks", "sets"})
      is_new |= fs::create_directory(root / folder);
    if (is_new) flush_folder_to_disk(root);
  } catch (const std::exception& fault) {
    throw Error("there is no place for the cache: {}", plain_words(fault))
        .hint("choose another with --cache FOLDER or MORGANA_CACHE");
  }
  return root;
}

/// Where nobody looks yet, and what is flushed later.
void write_file(const fs::path& file, std::string_view text) {
  std::ofstream stream(file, std::ios::binary);
  stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  stream.close();
  if (!stream) throw Error("cannot write {}: {}", file.string(), std::strerror(errno));
}

/// As `KeyMaterial::key` gives it; whatever else lies there is not ours.
bool is_key(std::string_view name) {
  return name.size() == 64 && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool has_size(const std::string& path, const StoredFile& file) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return false;
  return S_ISDIR(status.st_mode) || static_cast<std::uint64_t>(status.st_size) == file.bytes;
}

}  // namespace

fs::path default_cache_folder() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value ? value : "");
  };
  if (auto folder = variable("MORGANA_CACHE"); !folder.empty()) return folder;
  if (auto folder = variable("XDG_CACHE_HOME"); !folder.empty()) return fs::path(folder) / "morgana";
  if (auto folder = variable("HOME"); !folder.empty()) return fs::path(folder) / ".cache" / "morgana";
  throw Error("there is no place for the cache: neither MORGANA_CACHE nor HOME is set")
      .hint("give one with --cache FOLDER");
}

Store::Store(fs::path root)
    : root_(prepared(std::move(root))), root_text_(root_.string()), index_(root_ / "index.sqlite") {
  drop_finished_checkpoints();
}

// A run killed between putting an entry in its place and removing the checkpoints leaves them behind.
void Store::drop_finished_checkpoints() const {
  std::error_code ignored;
  for (const auto& left : fs::directory_iterator(root_ / "checkpoints", ignored)) {
    const auto key = left.path().filename().string();
    if (!fs::exists(folder_text(key), ignored)) continue;
    if (const auto lock = try_lock(key)) fs::remove_all(left.path(), ignored);
  }
}

fs::path Store::folder(const std::string& key) const { return folder_text(key); }

// Text: taking a path apart at each step is most of what finding an entry would cost.
std::string Store::folder_text(const std::string& key) const {
  std::string text;
  text.reserve(root_text_.size() + key.size() + 32);
  return text.append(root_text_).append("/objects/").append(key, 0, 2).append("/").append(key);
}

fs::path Store::path_of(const Entry& entry, const StoredFile& file) const {
  return folder_text(entry.key) + '/' + file.file;
}

std::optional<Entry> Store::find(const std::string& key) {
  auto entry = index_.find(key);
  if (!entry) entry = adopt(key);
  if (!entry) return std::nullopt;
  std::string path = folder_text(key) + '/';
  const auto length = path.size();
  for (const auto* list : {&entry->outputs, &entry->products})
    for (const auto& file : *list) {
      path.resize(length);
      path += file.file;
      if (!has_size(path, file)) return std::nullopt;
    }
  return entry;
}

// The index was deleted, or a run was killed between the rename and the index.
std::optional<Entry> Store::adopt(const std::string& key) {
  const auto file = folder(key) / "entry.json";
  if (!fs::exists(file)) return std::nullopt;
  try {
    auto record = read_entry(file);
    if (record.entry.key != key || record.material.key() != key) return std::nullopt;
    index_.put(record.entry, record.material);
    return std::move(record.entry);
  } catch (const Error&) {
    return std::nullopt;
  }
}

void Store::adopt_all() {
  for (const auto& key : keys())
    if (!index_.find(key)) adopt(key);
}

std::vector<std::string> Store::keys() const {
  std::vector<std::string> list;
  std::error_code absent;
  for (const auto& group : fs::directory_iterator(root_ / "objects", absent))
    for (const auto& item : fs::directory_iterator(group.path(), absent))
      if (auto key = item.path().filename().string(); is_key(key) && item.path() == folder(key))
        list.push_back(std::move(key));
  std::sort(list.begin(), list.end());
  return list;
}

std::string Store::fault_of_record(const Entry& entry) const {
  try {
    const auto record = read_entry(folder(entry.key) / "entry.json");
    if (record.entry.key != entry.key || record.material.key() != entry.key || record.entry.stage != entry.stage)
      return "entry.json is of another entry";
    if (record.entry.outputs != entry.outputs || record.entry.products != entry.products)
      return "entry.json lists other files than the index";
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::string Store::fault_of(const Entry& entry, const StoredFile& file) const {
  try {
    const auto content = content_of(path_of(entry, file));
    if (content.bytes != file.bytes)
      return fmt::format("{} has {} bytes instead of {}", file.file, content.bytes, file.bytes);
    if (content.sha256 != file.sha256) return fmt::format("{} is not what was written: its hash differs", file.file);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::optional<FileLock> Store::try_lock(const std::string& key) const {
  return FileLock::try_acquire(root_ / "locks" / key);
}

fs::path Store::begin(const std::string& key) const {
  const auto folder = root_ / "building" / key;
  fs::remove_all(folder);
  fs::create_directories(folder / "files");
  return folder;
}

void Store::abandon(const std::string& key) const {
  std::error_code ignored;
  fs::remove_all(root_ / "building" / key, ignored);
  fs::remove_all(root_ / "building" / (key + ".scratch"), ignored);
}

void Store::commit(const Entry& entry, const KeyMaterial& material, const std::string& node) {
  const auto built = root_ / "building" / entry.key;
  if (entry.products.empty()) fs::remove(built / "files");
  write_file(built / "entry.json", entry_json(entry, material, node));
  // Values are read-only, so that an editor opened on a link does not change what other runs take for known.
  for (const auto& item : fs::directory_iterator(built))
    if (item.is_regular_file())
      fs::permissions(item.path(), fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write,
                      fs::perm_options::remove);
  flush_tree_to_disk(built);
  const auto place = folder(entry.key);
  make_folders(place.parent_path());
  move_away(place, entry.key);
  fs::rename(built, place);
  flush_folder_to_disk(place.parent_path());
  flush_folder_to_disk(built.parent_path());
  index_.put(entry, material);
  std::error_code ignored;
  fs::remove_all(root_ / "checkpoints" / entry.key, ignored);
  fs::remove_all(root_ / "building" / (entry.key + ".scratch"), ignored);
}

// A folder cannot be renamed onto another, and must not be seen half removed.
void Store::move_away(const fs::path& path, const std::string& key) const {
  if (!fs::exists(path)) return;
  const auto away = root_ / "building" / (key + ".old");
  fs::remove_all(away);
  fs::rename(path, away);
  fs::remove_all(away);
}

void Store::remove(const std::string& key) {
  index_.remove(key);
  move_away(folder(key), key);
}

fs::path Store::checkpoints(const std::string& key) const {
  const auto folder = root_ / "checkpoints" / key;
  make_folders(folder);
  return folder;
}

fs::path Store::scratch(const std::string& key) const {
  const auto folder = root_ / "building" / (key + ".scratch");
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

fs::path Store::link_set(const std::vector<Link>& links) const {
  Sha256 digest;
  for (const auto& link : links) {
    digest.add_field(link.name);
    digest.add_field(link.key);
    digest.add_field(link.file);
  }
  const auto hash = digest.hexadecimal();
  const auto place = root_ / "sets" / hash;
  if (fs::exists(place)) return place;
  const auto built = root_ / "building" / fmt::format("{}.{}", hash, ::getpid());
  fs::remove_all(built);
  fs::create_directories(built);
  for (const auto& link : links)
    fs::create_symlink("../../objects/" + link.key.substr(0, 2) + '/' + link.key + '/' + link.file, built / link.name);
  flush_folder_to_disk(built);
  std::error_code fault;
  fs::rename(built, place, fault);
  if (fault) fs::remove_all(built);  // another run made the same one
  else flush_folder_to_disk(place.parent_path());
  return place;
}

}  // namespace morgana::host
