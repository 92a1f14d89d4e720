// SPDX-License-Identifier: Apache-2.0
#include "sockets/proc_sockets.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "morgana/error.hpp"
#include "sockets/fields.hpp"
#include "sockets/process_names.hpp"

namespace morgana::sockets {
namespace {

// A socket may be listed before its process has its descriptor, so one search is not enough; but one whose process
// may not be looked at must not cost a search in every sample.
constexpr int kMostAttempts = 3;
constexpr std::size_t kMostRecent = 64;
constexpr std::uint64_t kForgetEverySearches = 1000;  // process ids are used again

template <typename Number>
std::optional<Number> hexadecimal(std::string_view text) {
  Number number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// "0100007F:1F90", "0000000000000000FFFF00000100007F:1F90": words of 32 bits as they lie in this machine's memory.
std::optional<packets::End> end_of_hexadecimal(std::string_view text) {
  const auto colon = text.find(':');
  if (colon != 8 && colon != 32) return std::nullopt;
  packets::End end;
  const auto port = hexadecimal<std::uint16_t>(text.substr(colon + 1));
  std::size_t at = 0;
  if (colon == 8) {
    end.address.bytes[10] = end.address.bytes[11] = 0xff;  // ::ffff:a.b.c.d
    at = 12;
  }
  for (std::size_t i = 0; i < colon; i += 8, at += 4) {
    const auto word = hexadecimal<std::uint32_t>(text.substr(i, 8));
    if (!word) return std::nullopt;
    std::memcpy(end.address.bytes.data() + at, &*word, sizeof *word);
  }
  if (!port) return std::nullopt;
  end.port = *port;
  if (is_any(end.address)) end.address = {};
  return end;
}

/// All of an open file from its start; false where it cannot be read.
bool read_all(int file, std::string& text) {
  text.clear();
  constexpr std::size_t kStep = 64 * 1024;
  constexpr ssize_t kHalfPage = 2048;
  for (std::size_t size = 0;;) {
    text.resize(size + kStep);
    const auto count = ::pread(file, text.data() + size, kStep, static_cast<off_t>(size));
    if (count < 0 && errno == EINTR) continue;
    size += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    text.resize(size);
    // The kernel hands out a page of rows (seq_file); less than half of one is the last. Asking once more would walk
    // through its whole hash table again, which is all the time that a sample takes.
    if (count >= 0 && count < kHalfPage) return true;
    if (count < 0) return false;
  }
}

std::string content_of(const std::filesystem::path& path) {
  std::string text;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return text;
  if (!read_all(file, text)) text.clear();
  ::close(file);
  return text;
}

using Folder = std::unique_ptr<DIR, int (*)(DIR*)>;

}  // namespace

ProcSockets::ProcSockets(std::filesystem::path proc)
    : proc_(std::move(proc)),
      tables_{{"tcp", packets::kTcp}, {"tcp6", packets::kTcp}, {"udp", packets::kUdp}, {"udp6", packets::kUdp}} {
  for (auto& table : tables_) {
    const auto path = proc_ / "net" / table.name;
    table.file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (table.file < 0 && std::string_view(table.name) == "tcp") {
      const int fault = errno;
      throw Error("cannot read {}: {}", path.string(), std::generic_category().message(fault));
    }
  }
}

ProcSockets::~ProcSockets() {
  for (const auto& table : tables_)
    if (table.file >= 0) ::close(table.file);
}

ProcSockets::Changes ProcSockets::sample(std::int64_t nanoseconds) {
  ++samples_;
  Changes changes;
  fresh_.clear();
  for (auto& table : tables_)
    if (table.file >= 0) read_table(table, nanoseconds);
  if (!fresh_.empty()) find_holders(changes);
  for (auto place = known_.begin(); place != known_.end();) {
    if (place->second.seen == samples_) {
      ++place;
      continue;
    }
    place->second.socket.row.nanoseconds = nanoseconds;
    changes.closed.push_back(std::move(place->second.socket));
    place = known_.erase(place);
  }
  return changes;
}

void ProcSockets::read_table(const Table& table, std::int64_t nanoseconds) {
  if (!read_all(table.file, text_)) throw Error("cannot read {}/net/{}", proc_.string(), table.name);
  std::string_view text = text_;
  text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);  // the header
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    read_row(line, table, nanoseconds);
  }
}

void ProcSockets::read_row(std::string_view line, const Table& table, std::int64_t nanoseconds) {
  // sl local remote state queues timer retransmissions uid timeout inode
  std::array<std::string_view, 10> words;
  std::size_t count = 0;
  for (std::size_t at = 0; count < words.size(); ++count) {
    at = line.find_first_not_of(' ', at);
    if (at == std::string_view::npos) return;
    const auto end = std::min(line.find(' ', at), line.size());
    words[count] = line.substr(at, end - at);
    at = end;
  }
  const auto inode = number_of<std::uint64_t>(words[9]);
  if (!inode || *inode == 0) return;
  const auto local = end_of_hexadecimal(words[1]), remote = end_of_hexadecimal(words[2]);
  if (!local || !remote) return;
  const auto [place, is_new] = known_.try_emplace(Key{*inode, *local, *remote, table.protocol});
  auto& known = place->second;
  known.seen = samples_;
  if (is_new) {
    auto& row = known.socket.row;
    row = {.nanoseconds = nanoseconds, .protocol = table.protocol, .local = *local};
    if (remote->port != 0) row.remote = *remote;
    row.uid = number_of<std::int64_t>(words[7]).value_or(-1);
    known.socket.inode = *inode;
  }
  if (known.socket.row.pid < 0 && known.attempts < kMostAttempts) fresh_.push_back(&known);
}

void ProcSockets::find_holders(Changes& changes) {
  std::unordered_set<std::uint64_t> wanted;
  for (const auto* known : fresh_) wanted.insert(known->socket.inode);
  std::unordered_map<std::uint64_t, Holder> found;
  ++searches_;
  if (searches_ % kForgetEverySearches == 0) {
    closed_off_.clear();
    descriptors_.clear();
  }
  // A socket that is gone before its process was found must not cost a search of the whole machine each time.
  const bool thorough = std::any_of(fresh_.begin(), fresh_.end(),
                                    [](const Known* known) { return known->attempts + 1 == kMostAttempts; });
  const auto before = recent_;
  for (const auto pid : before) {
    if (wanted.empty()) break;
    search(pid, wanted, found);
  }
  if (!wanted.empty())
    for (const auto pid : processes()) {
      if (wanted.empty()) break;
      if (closed_off_.contains(pid) || std::find(before.begin(), before.end(), pid) != before.end()) continue;
      if (has_changed(pid) || thorough) search(pid, wanted, found);
    }
  for (auto* known : fresh_) {
    const bool is_new = known->attempts++ == 0;
    if (const auto holder = found.find(known->socket.inode); holder != found.end()) {
      known->socket.row.pid = holder->second.pid;
      known->socket.process = holder->second.process;
    } else if (!is_new) {
      continue;
    }
    changes.opened.push_back(known->socket);
  }
}

void ProcSockets::search(std::int32_t pid, std::unordered_set<std::uint64_t>& wanted,
                         std::unordered_map<std::uint64_t, Holder>& found) {
  const auto path = proc_ / fmt::format("{}", pid) / "fd";
  const Folder folder(::opendir(path.c_str()), ::closedir);
  if (folder == nullptr) {
    if (errno == EACCES || errno == EPERM) closed_off_.insert(pid);
    return;
  }
  const int file = ::dirfd(folder.get());
  bool is_empty = true, is_holder = false;
  std::string name;
  while (const auto* entry = ::readdir(folder.get())) {
    if (entry->d_name[0] == '.') continue;
    is_empty = false;
    char target[64];
    const auto size = ::readlinkat(file, entry->d_name, target, sizeof target);
    const std::string_view link(target, static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (!link.starts_with("socket:[") || !link.ends_with(']')) continue;
    const auto inode = number_of<std::uint64_t>(link.substr(8, link.size() - 9));
    if (!inode || wanted.erase(*inode) == 0) continue;
    if (!is_holder) name = name_of(pid);
    is_holder = true;
    found.emplace(*inode, Holder{pid, name});
    if (wanted.empty()) break;
  }
  // A kernel thread; a process without descriptors may open one later.
  if (is_empty && content_of(proc_ / fmt::format("{}", pid) / "cmdline").empty()) closed_off_.insert(pid);
  if (!is_holder) return;
  if (const auto place = std::find(recent_.begin(), recent_.end(), pid); place != recent_.end()) recent_.erase(place);
  recent_.push_front(pid);
  if (recent_.size() > kMostRecent) recent_.pop_back();
}

bool ProcSockets::has_changed(std::int32_t pid) {
  struct stat status {};
  if (::stat((proc_ / fmt::format("{}", pid) / "fd").c_str(), &status) != 0) return true;
  auto& known = descriptors_.try_emplace(pid, -1).first->second;
  // Linux says the number of descriptors as the folder's size since 6.2, and 0 before.
  return std::exchange(known, status.st_size) != status.st_size || status.st_size == 0;
}

std::vector<std::int32_t> ProcSockets::processes() const {
  std::vector<std::int32_t> pids;
  const Folder folder(::opendir(proc_.c_str()), ::closedir);
  if (folder == nullptr) return pids;
  while (const auto* entry = ::readdir(folder.get()))
    if (const auto pid = number_of<std::int32_t>(entry->d_name)) pids.push_back(*pid);
  std::sort(pids.begin(), pids.end(), std::greater<>());
  return pids;
}

std::string ProcSockets::name_of(std::int32_t pid) const {
  const auto folder = proc_ / fmt::format("{}", pid);
  const auto arguments = content_of(folder / "cmdline");
  return process_name(content_of(folder / "comm"), std::string_view(arguments.c_str()));
}

}  // namespace morgana::sockets
