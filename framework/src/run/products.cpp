// SPDX-License-Identifier: Apache-2.0
#include "run/products.hpp"

#include <algorithm>

#include "cache/sha256.hpp"
#include "morgana/error.hpp"

namespace morgana::host {
namespace {

namespace fs = std::filesystem;

// A copy may be edited without harm to the cache, so copies are made as long as they cost next to nothing.
constexpr std::uintmax_t kLinkAbove = 256u << 20;

/// Under a name of its own until it is whole: a kill leaves no half file at `place`.
void put_file(const fs::path& from, const fs::path& place) {
  auto part = place;
  part += ".part";
  fs::remove(part);
  std::error_code linked = std::make_error_code(std::errc::not_supported);
  if (fs::file_size(from) > kLinkAbove) fs::create_hard_link(from, part, linked);
  if (linked) {  // small, or on another file system
    fs::copy_file(from, part);
    fs::permissions(part, fs::perms::owner_write, fs::perm_options::add);
  }
  fs::rename(part, place);
}

}  // namespace

fs::path product_place(const PlannedNode& node, const std::string& parameter, const fs::path& run_folder) {
  for (const auto& planned : node.parameters)
    if (planned.info->name == parameter) {
      const auto place = (run_folder / std::get<std::string>(planned.value)).lexically_normal();
      return place.has_filename() ? place : place.parent_path();  // "report/" is "report"
    }
  throw Error("node \"{}\" has no output path \"{}\"", node.name, parameter);
}

void put_in_place(const fs::path& from, const fs::path& place) {
  fs::create_directories(place.parent_path());
  if (!fs::is_directory(from)) return put_file(from, place);
  fs::create_directories(place);
  for (const auto& item : fs::recursive_directory_iterator(from)) {
    const auto target = place / item.path().lexically_relative(from);
    if (item.is_directory()) fs::create_directories(target);
    else put_file(item.path(), target);
  }
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
