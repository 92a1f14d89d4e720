// SPDX-License-Identifier: Apache-2.0
#include "run/products.hpp"

#include <algorithm>

#include "morgana/error.hpp"

namespace morgana::host {
namespace {

namespace fs = std::filesystem;

// A copy may be edited without harm to the cache, so copies are made as long as they cost next to nothing.
constexpr std::uintmax_t kLinkAbove = 256u << 20;

void put_file(const fs::path& from, const fs::path& place) {
  std::error_code fault;
  if (fs::file_size(from) > kLinkAbove) {
    fs::create_hard_link(from, place, fault);
    if (!fault) return;  // else it lies on another file system
  }
  fs::copy_file(from, place, fs::copy_options::overwrite_existing);
  fs::permissions(place, fs::perms::owner_write, fs::perm_options::add);
}

}  // namespace

fs::path product_place(const PlannedNode& node, const std::string& parameter, const fs::path& run_folder) {
  for (const auto& planned : node.parameters)
    if (planned.info->name == parameter) return (run_folder / std::get<std::string>(planned.value)).lexically_normal();
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
  std::string name = node + '.' + file.file;
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

}  // namespace morgana::host
