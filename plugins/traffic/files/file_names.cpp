// SPDX-License-Identifier: Apache-2.0
#include "files/file_names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>

namespace morgana::files {
namespace {

constexpr std::array<std::string_view, 10> kArchiveEndings{".zip",  ".tar",    ".tar.gz", ".tgz",     ".tar.zst",
                                                           ".tzst", ".tar.xz", ".txz",    ".tar.bz2", ".tbz2"};

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char byte) { return std::tolower(byte); });
  return result;
}

template <typename Test>
bool any_part(std::string_view path, Test test) {
  for (;;) {
    const auto end = path.find('/');
    if (test(path.substr(0, end))) return true;
    if (end == path.npos) return false;
    path.remove_prefix(end + 1);
  }
}

/// The ending of an archive's name; "" where it has none.
std::string_view archive_ending(const std::string& lower_name) {
  std::string_view longest;
  for (const auto ending : kArchiveEndings)
    if (lower_name.ends_with(ending) && ending.size() > longest.size()) longest = ending;
  return longest;
}

}  // namespace

bool is_wanted(std::string_view name, const Endings& endings) {
  auto text = lower(name);
  for (const std::string_view packed : {".gz", ".zst"})
    if (text.ends_with(packed)) text.resize(text.size() - packed.size());
  return std::any_of(endings.begin(), endings.end(), [&](const auto& ending) { return text.ends_with(ending); });
}

std::string listed(const Endings& endings) { return fmt::format("{}", fmt::join(endings, " or ")); }

bool is_archive_name(std::string_view name) { return !archive_ending(lower(name)).empty(); }

std::string tidied(const std::string& name) { return std::filesystem::path(name).lexically_normal().generic_string(); }

std::string unsafe_name(std::string_view stored) {
  if (stored.starts_with('/')) return "absolute path in an archive";
  if (any_part(stored, [](auto part) { return part == ".."; })) return "path with .. in an archive";
  return "";
}

bool is_resource_fork(std::string_view name) {
  if (any_part(name, [](auto part) { return part == "__MACOSX"; })) return true;
  const auto slash = name.rfind('/');
  return (slash == name.npos ? name : name.substr(slash + 1)).starts_with("._");
}

std::string name_inside(const std::string& packed, const std::string& member) {
  const auto slash = packed.rfind('/');
  auto folder = slash == packed.npos ? std::string() : packed.substr(0, slash + 1);
  if (member.find('/') == member.npos) {
    auto own = slash == packed.npos ? packed : packed.substr(slash + 1);
    own.resize(own.size() - archive_ending(lower(own)).size());
    folder += own + '/';
  }
  return folder + member;
}

}  // namespace morgana::files
