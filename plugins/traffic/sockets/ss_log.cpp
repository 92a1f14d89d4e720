// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "sockets/fields.hpp"
#include "sockets/log_parser.hpp"
#include "sockets/log_time.hpp"

namespace morgana::sockets {
namespace {

constexpr std::array<std::string_view, 13> kStates{"ESTAB",      "UNCONN",     "LISTEN",    "SYN-SENT",   "SYN-RECV",
                                                   "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSE-WAIT", "LAST-ACK",
                                                   "CLOSING",    "CLOSED",     "UNKNOWN"};

bool is_state(std::string_view word) { return std::find(kStates.begin(), kStates.end(), word) != kStates.end(); }

/// Where the state stands in a row's words: first, or behind the kind of socket; nothing where it is no row.
std::optional<std::size_t> state_of(const std::vector<std::string_view>& words) {
  for (const std::size_t at : {std::size_t{0}, std::size_t{1}})
    if (words.size() >= at + 5 && is_state(words[at]) && number_of<std::uint64_t>(words[at + 1]) &&
        number_of<std::uint64_t>(words[at + 2]))
      return at;
  return std::nullopt;
}

/// users:(("curl",pid=4711,fd=5),("curl",pid=4712,fd=5)), of old versions (("curl",4711,5)): the lowest pid.
void take_users(std::string_view line, SocketRow& row, std::string& name) {
  auto begin = line.find("users:(");
  if (begin == std::string_view::npos) return;
  while ((begin = line.find("(\"", begin)) != std::string_view::npos) {
    begin += 2;
    // A name may hold anything but what ends it.
    auto end = line.find("\",pid=", begin);
    auto number = end + 6;
    if (end == std::string_view::npos) {
      end = line.find("\",", begin);
      number = end + 2;
    }
    if (end == std::string_view::npos) return;
    const auto pid =
        number_of<std::int32_t>(line.substr(number, line.find_first_not_of("0123456789", number) - number));
    if (pid && (row.pid < 0 || *pid < row.pid)) {
      row.pid = *pid;
      name = line.substr(begin, end - begin);
    }
    begin = end;
  }
}

void take_uid(std::string_view line, SocketRow& row) {
  const auto place = line.find(" uid:");
  if (place == std::string_view::npos) return;
  const auto digits = line.substr(place + 5);
  if (const auto uid = number_of<std::int64_t>(digits.substr(0, digits.find_first_not_of("0123456789"))))
    row.uid = *uid;
}

class SsParser final : public LogParser {
 public:
  using LogParser::LogParser;

  void read(std::string_view line) override {
    if (trimmed(line).empty()) return;
    auto words = fields_of(line);
    auto state = state_of(words);
    auto time = time_;
    if (!state) {
      // Without -O what ss knows of a socket stands on the next line, behind a blank.
      if ((line[0] == ' ' || line[0] == '\t') && pending_) return more(line);
      if (const auto block = time_line_of(line)) {
        flush();
        time_ = *block;
        return;
      }
      auto rest = line;
      if (const auto own = take_time(rest)) {
        time = *own;
        words = fields_of(rest);
        state = state_of(words);
      }
    }
    flush();
    if (state) return row(words, *state, time, line);
    if (words.size() > 1 && (words[0] == "Netid" || words[0] == "State")) return;
    skip("lines that are no row of ss", line);
  }

  void finish() override { flush(); }

 private:
  void row(const std::vector<std::string_view>& words, std::size_t state, std::int64_t time, std::string_view line) {
    SocketRow row{.nanoseconds = time};
    if (state == 1) {
      row.protocol = protocol_of(words[0]);
      if (row.protocol == 0) return skip("sockets that are neither TCP nor UDP", line);
    } else if (words[0] != "ESTAB" && words[0] != "UNKNOWN") {
      // ss names the protocol only where it was asked for several; UDP has no other state than these.
      row.protocol = words[0] == "UNCONN" ? packets::kUdp : packets::kTcp;
    }
    const auto local = end_of(words[state + 3]), remote = end_of(words[state + 4]);
    if (!local || !remote) return skip("addresses that are no numbers (ss -n prints them)", line);
    row.local = *local;
    if (remote->port != 0) row.remote = *remote;
    pending_ = row;
    name_.clear();
    more(line);
  }
  void more(std::string_view line) {
    take_users(line, *pending_, name_);
    take_uid(line, *pending_);
  }
  void flush() {
    if (pending_) add(*pending_, name_);
    pending_.reset();
  }

  std::int64_t time_ = 0;
  std::optional<SocketRow> pending_;
  std::string name_;
};

}  // namespace

std::unique_ptr<LogParser> ss_parser(LogParser::Setting& setting) { return std::make_unique<SsParser>(setting); }

bool is_ss_line(std::string_view line) {
  auto words = fields_of(line);
  if (words.size() > 3 && (words[0] == "Netid" || (words[0] == "State" && words[1] == "Recv-Q"))) return true;
  if (state_of(words)) return true;
  auto rest = line;
  return take_time(rest) && state_of(fields_of(rest));
}

}  // namespace morgana::sockets
