// SPDX-License-Identifier: Apache-2.0
#include "capture_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "packets/capture_name.hpp"

namespace morgana::write_mirage {
namespace {

/// Most file systems hold names of 255 bytes; the suffix and a number must fit as well.
constexpr std::size_t kLongestName = 120;

/// A part of a path that is safe on every system but for the ':' of MAC addresses, which MIRAGE's own names hold.
std::string safe_part(std::string_view text) {
  std::string part(text.substr(0, kLongestName));
  for (auto& letter : part) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool kept = std::isalnum(byte) != 0 || std::string_view("._-+@=,:").find(letter) != std::string_view::npos;
    if (!kept) letter = '_';
  }
  if (!part.empty() && part.front() == '.') part.front() = '_';  // neither "..", nor hidden
  return part;
}

/// "folder/name" as safe parts; empty parts are left out.
std::filesystem::path safe_path(std::string_view text) {
  std::filesystem::path path;
  while (!text.empty()) {
    const auto slash = std::min(text.find('/'), text.size());
    if (slash > 0) path /= safe_part(text.substr(0, slash));
    text.remove_prefix(std::min(slash + 1, text.size()));
  }
  return path.empty() ? std::filesystem::path("None") : path;
}

/// The seconds that a capture's file name begins with.
double start_of(const std::string& name) {
  constexpr std::uint64_t kYear2500 = 16725225600;
  const auto epoch = packets::read_capture_name(name).epoch;
  return epoch && *epoch < kYear2500 ? static_cast<double>(*epoch) : kUnknownStart;
}

const std::string& name_in(const NameColumn& column, std::int32_t id) {
  static const std::string unknown;
  return id < 0 ? unknown : column.names[static_cast<std::size_t>(id)];
}

/// What the traces of one file have in common.
using Group = std::tuple<std::int32_t, std::int32_t, std::int32_t>;  // capture, device, class

/// Without suffix.
std::filesystem::path place_of(const Traces& traces, const Group& group, mirage_format::Release release) {
  const auto& table = traces.table();
  const auto& [capture, device, label] = group;
  const auto& folder = name_in(table.device, device);
  if (capture >= 0) {
    const auto place = safe_path(name_in(table.capture, capture));
    return place.has_parent_path() || folder.empty() ? place : safe_path(folder) / place;
  }
  const auto name = label < 0 ? std::string("None") : safe_part(name_in(table.label, label));
  const auto file = fmt::format("{:.0f}_{}", kUnknownStart, name);
  if (mirage_format::has_activity(release)) return std::filesystem::path(name) / file;
  return folder.empty() ? std::filesystem::path(file) : safe_path(folder) / file;
}

/// A place that no other file has, also where letters' case is not told apart.
std::filesystem::path unused(const std::filesystem::path& place, std::string_view suffix,
                             std::set<std::string>& taken) {
  for (int number = 1;; ++number) {
    auto result = place;
    if (number > 1) result += fmt::format("_{}", number);
    result += suffix;
    auto key = result.string();
    std::transform(key.begin(), key.end(), key.begin(), [](unsigned char letter) { return std::tolower(letter); });
    if (taken.insert(key).second) return result;
  }
}

}  // namespace

std::vector<CaptureFile> capture_files(const Traces& traces, mirage_format::Release release) {
  const auto& table = traces.table();
  const auto id = [](const NameColumn& column, std::size_t row) { return column.id.empty() ? -1 : column.id[row]; };
  std::vector<CaptureFile> files;
  std::map<Group, std::size_t> number;
  std::set<std::string> taken;
  for (std::size_t row = 0; row < traces.size(); ++row) {
    const auto capture = id(table.capture, row), device = id(table.device, row);
    const Group key = capture >= 0 ? Group{capture, -1, -1} : Group{-1, device, traces.label(row)};
    const auto [place, added] = number.try_emplace(key, files.size());
    if (added) {
      const auto name = place_of(traces, {capture, device, traces.label(row)}, release);
      files.push_back(
          {unused(name, mirage_format::file_suffix(release), taken), start_of(name.filename().string()), {}});
    }
    files[place->second].rows.push_back(row);
  }
  return files;
}

CaptureFile single_file(const Traces& traces, const std::filesystem::path& file) {
  CaptureFile all{file, start_of(file.filename().string()), std::vector<std::size_t>(traces.size())};
  std::iota(all.rows.begin(), all.rows.end(), std::size_t{0});
  return all;
}

}  // namespace morgana::write_mirage
