// SPDX-License-Identifier: Apache-2.0
#include "files/found_files.hpp"

#include <algorithm>
#include <set>
#include <system_error>

#include "morgana/error.hpp"

namespace morgana::files {
namespace {

namespace fs = std::filesystem;

/// Goes through folders, each of them once, whatever links lead to it.
class Search {
 public:
  Search(const fs::path& root, const Endings& endings, Omissions& left_out)
      : root_(root), endings_(endings), left_out_(left_out) {
    enter(root);
  }
  std::vector<fs::path> loose, archives;  ///< below the root

 private:
  void enter(const fs::path& folder) {
    std::error_code error;
    if (!entered_.insert(fs::canonical(folder, error)).second)
      return left_out_.add("folder that a link leads to again", folder.lexically_relative(root_).generic_string());
    std::vector<fs::path> entries;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
      entries.push_back(entry->path());
    if (error) throw Error("cannot read the folder {}: {}", folder.string(), error.message());
    std::sort(entries.begin(), entries.end());
    for (const auto& entry : entries) {
      const auto name = entry.lexically_relative(root_);
      if (fs::is_directory(entry, error)) enter(entry);
      else if (!fs::is_regular_file(entry, error) || is_resource_fork(entry.filename().string())) continue;
      else if (is_wanted(entry.filename().string(), endings_)) loose.push_back(name);
      else if (is_archive_name(entry.filename().string())) archives.push_back(name);
    }
  }

  const fs::path& root_;
  const Endings& endings_;
  Omissions& left_out_;
  std::set<fs::path> entered_;
};

}  // namespace

std::vector<DiskEntry> find_files(const fs::path& path, const Endings& endings, Omissions& left_out) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::exists(status)) throw Error("there is no file or folder {}", path.string());
  if (!fs::is_directory(status)) return {{path, path.filename().string()}};
  Search search(path, endings, left_out);
  if (!search.loose.empty())
    for (const auto& archive : search.archives) left_out.add("archive beside loose files", archive.generic_string());
  auto& names = search.loose.empty() ? search.archives : search.loose;
  if (names.empty()) throw Error("no {} file in {} or its folders", listed(endings), path.string());
  std::sort(names.begin(), names.end(),
            [](const auto& a, const auto& b) { return a.generic_string() < b.generic_string(); });
  std::vector<DiskEntry> files;
  for (const auto& name : names) files.push_back({path / name, name.generic_string()});
  return files;
}

}  // namespace morgana::files
