// SPDX-License-Identifier: Apache-2.0
#include "run/products.hpp"

#include <algorithm>
#include <set>

#include "cache/durable.hpp"
#include "cache/sha256.hpp"

namespace morgana::host {
namespace {

namespace fs = std::filesystem;

// A copy may be edited without harm to the cache, so copies are made as long as they cost next to nothing.
constexpr std::uintmax_t kLinkAbove = 256u << 20;

/// Under a name of its own until it is whole and on the disk: neither a kill nor a power cut leaves half of it.
void put_file(const fs::path& from, const fs::path& place) {
  auto part = place;
  part += ".part";
  fs::remove(part);
  std::error_code linked = std::make_error_code(std::errc::not_supported);
  if (fs::file_size(from) > kLinkAbove) fs::create_hard_link(from, part, linked);
  if (linked) {  // small, or on another file system
    fs::copy_file(from, part);
    fs::permissions(part, fs::perms::owner_write, fs::perm_options::add);
    flush_to_disk(part);
  }
  fs::rename(part, place);
}

}  // namespace

void put_in_place(const fs::path& from, const fs::path& place) {
  make_folders(place.parent_path());
  if (!fs::is_directory(from)) {
    put_file(from, place);
    return flush_folder_to_disk(place.parent_path());
  }
  make_folders(place);
  std::set<fs::path> folders{place};
  for (const auto& item : fs::recursive_directory_iterator(from)) {
    const auto target = place / item.path().lexically_relative(from);
    if (item.is_directory()) {
      make_folders(target);
      folders.insert(target);
    } else {
      put_file(item.path(), target);
    }
  }
  for (const auto& folder : folders) flush_folder_to_disk(folder);
}

std::string link_name(const std::string& node, const StoredFile& file) {
  constexpr std::size_t kMostBytes = 200;  // of the 255 that file systems take
  const std::string name = node + '.' + file.file;
  std::string result = name;
  std::replace(result.begin(), result.end(), '/', '_');
  if (result == name && result.size() <= kMostBytes) return result;
  // "a/b" and "a_b" are two nodes: what was changed is told apart by its hash.
  const auto ending = "." + sha256_of(name).substr(0, 8) + fs::path(file.file).extension().string();
  return result.substr(0, kMostBytes) + ending;
}

}  // namespace morgana::host
