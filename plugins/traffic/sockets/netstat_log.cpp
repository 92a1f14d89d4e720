// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>

#include "sockets/fields.hpp"
#include "sockets/log_parser.hpp"
#include "sockets/log_time.hpp"

namespace morgana::sockets {
namespace {

/// "4711/com.example.app", "612/sshd:", or "-".
bool take_process(std::string_view word, SocketRow& row, std::string_view& name) {
  const auto slash = word.find('/');
  if (slash == std::string_view::npos || slash == 0) return false;
  const auto pid = number_of<std::int32_t>(word.substr(0, slash));
  if (!pid) return false;
  row.pid = *pid;
  name = word.substr(slash + 1);
  // GNU prints the title that a process gave itself: "612/sshd: /usr/sbin".
  if (name.ends_with(':')) name.remove_suffix(1);
  return true;
}

bool looks_like_state(std::string_view word) {
  return word.size() > 2 &&
         std::all_of(word.begin(), word.end(),
                     [](unsigned char c) { return std::isupper(c) != 0 || std::isdigit(c) != 0 || c == '_'; }) &&
         std::isupper(static_cast<unsigned char>(word[0])) != 0;
}

bool is_number(std::string_view word) { return number_of<std::uint64_t>(word).has_value(); }

/// "tcp6  0  0  local  remote ..." behind a time; the words of the row, or none.
std::vector<std::string_view> row_words(std::string_view line) {
  auto words = fields_of(line);
  const auto is_row = [](const std::vector<std::string_view>& found) {
    return found.size() >= 5 &&
           (protocol_of(found[0]) != 0 || found[0] == "raw" || found[0] == "raw6" || found[0] == "udplite" ||
            found[0] == "icmp" || found[0] == "icmp6") &&
           is_number(found[1]) && is_number(found[2]);
  };
  return is_row(words) ? words : std::vector<std::string_view>{};
}

class NetstatParser final : public LogParser {
 public:
  using LogParser::LogParser;

  void read(std::string_view line) override {
    if (trimmed(line).empty()) return;
    auto words = row_words(line);
    auto time = time_;
    if (words.empty()) {
      if (const auto block = time_line_of(line)) {
        time_ = *block;
        return;
      }
      auto rest = line;
      if (const auto own = take_time(rest)) {
        time = *own;
        words = row_words(rest);
      }
    }
    if (words.empty()) other(line);
    else row(words, time, line);
  }

 private:
  void other(std::string_view line) {
    const auto words = fields_of(line);
    if (words[0] == "Active" || words[0] == "unix" || words[0] == "(Not" || words[0] == "(No") return;
    if (words[0] == "will") return;  // the warning goes on: "will not be shown, you would have to be root"
    if (words[0] == "Proto") {
      has_user_ = std::find(words.begin(), words.end(), "User") != words.end();
      return;
    }
    skip("lines that are no row of netstat", line);
  }

  void row(const std::vector<std::string_view>& words, std::int64_t time, std::string_view line) {
    SocketRow row{.nanoseconds = time, .protocol = protocol_of(words[0])};
    if (row.protocol == 0) return skip("sockets that are neither TCP nor UDP", line);
    const auto local = end_of(words[3]), remote = end_of(words[4]);
    // Without -n names stand there, without -W long IPv6 addresses are cut.
    if (!local || !remote)
      return skip("addresses that are no numbers, or cut (netstat -n and -W print them whole)", line);
    row.local = *local;
    if (remote->port != 0) row.remote = *remote;

    std::string_view name;
    std::size_t at = 5;
    if (at < words.size() && looks_like_state(words[at])) ++at;
    if (has_user_ && at < words.size()) {
      if (const auto uid = number_of<std::int64_t>(words[at])) row.uid = *uid;
      else if (const auto app = app_uid(words[at])) row.uid = *app;
    }
    for (; at < words.size(); ++at)
      if (take_process(words[at], row, name)) break;
    add(row, name);
  }

  /// Android names the uids of apps: "u0_a54" is 10054, of the second user "u10_a54" 1010054.
  static std::optional<std::int64_t> app_uid(std::string_view user) {
    const auto parting = user.find("_a");
    if (!user.starts_with('u') || parting == std::string_view::npos) return std::nullopt;
    const auto number = number_of<std::int64_t>(user.substr(1, parting - 1));
    const auto app = number_of<std::int64_t>(user.substr(parting + 2));
    if (!number || !app || *number > 1000 || *app > 9999) return std::nullopt;
    return *number * 100000 + 10000 + *app;
  }

  std::int64_t time_ = 0;
  bool has_user_ = false;
};

}  // namespace

std::unique_ptr<LogParser> netstat_parser(LogParser::Setting& setting) {
  return std::make_unique<NetstatParser>(setting);
}

bool is_netstat_line(std::string_view line) {
  if (!row_words(line).empty()) return true;
  auto rest = line;
  if (take_time(rest) && !row_words(rest).empty()) return true;
  return line.starts_with("Proto Recv-Q Send-Q");
}

}  // namespace morgana::sockets
