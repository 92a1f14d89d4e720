// SPDX-License-Identifier: Apache-2.0
#include "sockets/process_names.hpp"

#include <algorithm>
#include <optional>

#include "sockets/fields.hpp"
#include "sockets/socket_log.hpp"

namespace morgana::sockets {
namespace {

constexpr std::int64_t kFirstAppUid = 10000;   // Android: AID_APP
constexpr std::int64_t kUidsPerUser = 100000;  // Android: AID_USER_OFFSET; the tables name users' first uids
constexpr std::size_t kShortestCutName = 15;   // TASK_COMM_LEN - 1, the shortest that anything cuts to

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// Columns of a `ps` header; nothing where it is none.
struct Columns {
  std::size_t pid = 0, name = 0;
  bool last = false;     ///< the name is a row's last word, whatever stands before it
  bool command = false;  ///< the name is a command with arguments
};
std::optional<Columns> columns_of(const std::vector<std::string_view>& header) {
  const auto pid = std::find(header.begin(), header.end(), "PID");
  if (pid == header.end()) return std::nullopt;
  for (const std::string_view name : {"NAME", "CMD", "COMMAND", "ARGS", "CMDLINE"}) {
    const auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end()) continue;
    return Columns{static_cast<std::size_t>(pid - header.begin()), static_cast<std::size_t>(found - header.begin()),
                   found + 1 == header.end(), name != "NAME"};
  }
  return std::nullopt;
}

}  // namespace

bool ProcessNames::read_package(std::string_view line) {
  const auto words = fields_of(line);
  if (words.size() < 2) return false;
  if (words[0].starts_with("package:")) {
    // With -f the file stands before the name: package:/data/app/base.apk=com.example.app
    auto name = words[0].substr(8);
    if (name.starts_with('/')) name = name.substr(name.rfind('=') + 1);
    for (const auto word : words) {
      if (!word.starts_with("uid:")) continue;
      const auto uid = number_of<std::int64_t>(word.substr(4, word.find(',') - 4));
      if (uid) add(std::string(name), *uid);
      return uid.has_value();
    }
    return false;
  }
  const auto uid = number_of<std::int64_t>(words[1]);
  if (!uid || words[0].find('.') == std::string_view::npos || words.size() < 3 || !number_of<int>(words[2]))
    return false;
  add(std::string(words[0]), *uid);
  return true;
}

void ProcessNames::add(std::string package, std::int64_t uid) {
  auto& sharing = by_uid_[uid];
  const auto place = std::lower_bound(sharing.begin(), sharing.end(), package);
  if (place != sharing.end() && *place == package) return;
  sharing.insert(place, package);
  packages_.push_back(std::move(package));
}

std::size_t ProcessNames::read(std::string_view text) {
  std::size_t understood = 0;
  std::optional<Columns> columns;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (read_package(line)) {
      ++understood;
      continue;
    }
    const auto words = fields_of(line);
    if (const auto header = columns_of(words)) {
      columns = header;
      continue;
    }
    if (!columns || words.size() <= std::max(columns->pid, columns->name)) continue;
    const auto pid = number_of<std::int32_t>(words[columns->pid]);
    if (!pid) continue;
    // Old Android prints a column S without naming it, so the name is the last word; a command has words behind it.
    const auto name = columns->last && !columns->command ? words.back() : words[columns->name];
    by_pid_[*pid] = columns->command ? base_name(name) : name;
    ++understood;
  }
  return understood;
}

std::string_view ProcessNames::package_like(std::int64_t uid, std::string_view printed) const {
  auto sharing = by_uid_.find(uid);
  if (sharing == by_uid_.end()) sharing = by_uid_.find(uid % kUidsPerUser);
  if (sharing == by_uid_.end()) return {};
  for (const auto& package : sharing->second)
    if (!printed.empty() && package.starts_with(package_of(printed))) return package;
  return sharing->second.front();
}

std::string ProcessNames::name_of(std::int32_t pid, std::int64_t uid, std::string_view printed) const {
  if (const auto known = by_pid_.find(pid); known != by_pid_.end()) {
    const std::string_view name = known->second;
    if (printed.empty() || name.starts_with(printed) || (printed.size() >= kShortestCutName && name.ends_with(printed)))
      return known->second;
  }
  if (uid % kUidsPerUser >= kFirstAppUid) {
    const auto package = package_like(uid, printed);
    // "com.example.app:remote" says more than its package.
    if (!package.empty() && package_of(printed) != package) return std::string(package);
  }
  if (printed.size() >= kShortestCutName) {
    const std::string* only = nullptr;
    for (const auto& package : packages_) {
      if (package == package_of(printed)) return std::string(printed);
      if (!package.starts_with(printed)) continue;
      if (only != nullptr && *only != package) return std::string(printed);
      only = &package;
    }
    if (only != nullptr) return *only;
  }
  if (printed.empty() && pid < 0 && uid < 0) return unnamed_;
  return std::string(printed);
}

std::string process_name(std::string_view comm, std::string_view first_argument) {
  comm = trimmed(comm);
  // A process may write what it likes there: "sshd: user@pts/0".
  auto argument = first_argument.substr(0, first_argument.find(' '));
  if (argument.size() < first_argument.size() && argument.ends_with(':')) argument.remove_suffix(1);
  argument = base_name(argument);
  const bool agree = argument.starts_with(comm) || argument.ends_with(comm);
  return std::string(agree && !argument.empty() ? argument : comm);
}

}  // namespace morgana::sockets
