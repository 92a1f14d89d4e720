// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "sockets/fields.hpp"
#include "sockets/log_parser.hpp"
#include "sockets/log_time.hpp"

namespace morgana::sockets {
namespace {

constexpr std::array<std::string_view, 15> kCalls{"socket", "connect", "bind",     "getsockname", "getpeername",
                                                  "sendto", "sendmsg", "sendmmsg", "recvfrom",    "recvmsg",
                                                  "accept", "accept4", "close",    "execve",      "clone"};

/// A line of strace, parted: "[pid 123] 10:00:32 connect(3, ...) = 0".
struct Line {
  std::int32_t pid = -1;
  std::optional<std::int64_t> time{};
  std::string_view call{};       ///< "connect"
  std::string_view arguments{};  ///< what stands behind its bracket
  bool resumed = false;
};

std::string_view until(std::string_view text, std::string_view end) { return text.substr(0, text.find(end)); }

std::optional<Line> line_of(std::string_view text) {
  Line line;
  text = trimmed(text);
  // -o prints "123  ", the terminal "[pid   123] " once there are several.
  if (text.starts_with("[pid")) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    line.pid = number_of<std::int32_t>(trimmed(text.substr(4, end - 4))).value_or(-1);
    text = trimmed(text.substr(end + 1));
  } else if (const auto word = until(text, " "); word.size() < 9 && number_of<std::int32_t>(word)) {
    line.pid = *number_of<std::int32_t>(word);
    text = trimmed(text.substr(word.size()));
  }
  line.time = take_time(text);
  if (!line.time && text.find(' ') != std::string_view::npos) {
    // -r prints seconds since the last call: they are no time of day.
    const auto word = until(text, " ");
    if (!word.empty() && word.find_first_not_of("0123456789.") == std::string_view::npos)
      text = trimmed(text.substr(word.size()));
  }
  if (text.starts_with("<... ")) {
    line.resumed = true;
    text.remove_prefix(5);
    line.call = until(text, " ");
    const auto end = text.find('>');
    if (end == std::string_view::npos) return std::nullopt;
    line.arguments = text.substr(end + 1);
    return line;
  }
  const auto bracket = text.find('(');
  if (bracket == std::string_view::npos || bracket == 0) return std::nullopt;
  line.call = text.substr(0, bracket);
  if (line.call.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string_view::npos)
    return std::nullopt;
  line.arguments = text.substr(bracket + 1);
  return line;
}

/// The address in {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.1")}, with or without blanks.
std::optional<packets::End> address_of(std::string_view text) {
  const auto port_place = text.find("_port=htons(");
  if (port_place == std::string_view::npos) return std::nullopt;
  const auto port = number_of<std::uint16_t>(until(text.substr(port_place + 12), ")"));
  // Older versions print inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), newer ones the same behind sin6_addr=.
  auto place = text.find("inet_addr(\"");
  if (place != std::string_view::npos) {
    place += 11;
  } else {
    place = text.find("inet_pton(AF_INET6");
    if (place == std::string_view::npos) return std::nullopt;
    place = text.find('"', place);
    if (place == std::string_view::npos) return std::nullopt;
    ++place;
  }
  const auto address = packets::Address::parse(until(text.substr(place), "\""));
  if (!port || !address) return std::nullopt;
  return packets::End{*address, *port};
}

/// "-1 EINPROGRESS (...)" behind the last " = ": the number.
std::optional<std::int64_t> result_of(std::string_view arguments) {
  const auto place = arguments.rfind(") = ");
  if (place == std::string_view::npos) {
    // strace aligns results: "close(3)           = 0"
    const auto equals = arguments.rfind(" = ");
    if (equals == std::string_view::npos) return std::nullopt;
    const auto text = arguments.substr(equals + 3);
    return number_of<std::int64_t>(text.substr(0, text.find_first_not_of("-0123456789")));
  }
  const auto text = arguments.substr(place + 4);
  return number_of<std::int64_t>(text.substr(0, text.find_first_not_of("-0123456789")));
}

class StraceParser final : public LogParser {
 public:
  using LogParser::LogParser;

  void read(std::string_view text) override {
    const auto parted = line_of(text);
    if (!parted) return;  // signals, exits, what the traced program itself printed
    auto line = *parted;
    std::string whole;
    if (line.resumed) {
      const auto place = unfinished_.find(line.pid);
      if (place == unfinished_.end() || place->second.first != line.call) return;
      whole = place->second.second + std::string(line.arguments);
      unfinished_.erase(place);
      line.arguments = whole;
    } else if (const auto cut = line.arguments.find("<unfinished ...>"); cut != std::string_view::npos) {
      if (std::find(kCalls.begin(), kCalls.end(), line.call) == kCalls.end() && line.call != "clone3") return;
      unfinished_[line.pid] = {std::string(line.call), std::string(line.arguments.substr(0, cut))};
      return;
    }
    call(line, text);
  }

 private:
  /// What is known of a descriptor.
  struct Socket {
    std::uint8_t protocol = 0;
    packets::End local{};
    std::optional<packets::End> remote{};
    std::optional<packets::End> written_local{}, written_remote{};  ///< of the last row
  };

  void call(const Line& line, std::string_view text) {
    const auto& arguments = line.arguments;
    if (line.call == "execve") return execve(line);
    if (line.call == "clone" || line.call == "clone3") return clone(line);
    if (line.call == "socket") return socket(line);
    if (std::find(kCalls.begin(), kCalls.end(), line.call) == kCalls.end()) return;
    const auto digits = arguments.substr(0, arguments.find_first_not_of("0123456789"));
    const auto number = number_of<std::int32_t>(digits);
    if (!number) return;
    if (line.call == "close") {
      sockets_.erase({process_of(line.pid), *number});
      return;
    }
    // The data of a message may hold anything, so the address is looked for behind it.
    const auto place = arguments.rfind("sa_family=AF_INET");
    const auto address = place == std::string_view::npos ? std::nullopt : address_of(arguments.substr(place));
    if (place != std::string_view::npos && !address) return skip("addresses of strace that cannot be read", text);
    auto& socket = find(line.pid, *number);
    decoration(arguments.substr(digits.size()), socket);
    if (!address) return;
    if (line.call == "connect" || line.call == "getpeername") {
      socket.remote = *address;
    } else if (line.call == "bind" || line.call == "getsockname") {
      socket.local = *address;
    } else if (line.call == "accept" || line.call == "accept4") {
      const auto descriptor = result_of(arguments);
      if (!descriptor || *descriptor < 0) return;
      const Socket accepted{.protocol = socket.protocol, .local = socket.local, .remote = *address};
      auto& kept = sockets_[{process_of(line.pid), static_cast<std::int32_t>(*descriptor)}] = accepted;
      return write(line, kept, *address);
    } else {
      return write(line, socket, *address);  // a datagram to or from an address
    }
    write(line, socket, socket.remote);
  }

  void write(const Line& line, Socket& socket, const std::optional<packets::End>& remote) {
    // A socket of which neither end is known says nothing.
    if ((!remote || remote->port == 0) && socket.local.port == 0) return;
    if (socket.written_local == socket.local && socket.written_remote == remote && socket.written_local) return;
    socket.written_local = socket.local;
    socket.written_remote = remote;
    const auto pid = process_of(line.pid);
    SocketRow row{.nanoseconds = line.time.value_or(0), .protocol = socket.protocol, .local = socket.local};
    if (remote && remote->port != 0) row.remote = *remote;
    row.pid = pid;
    const auto name = names_of_.find(pid);
    add(row, name == names_of_.end() ? std::string_view() : std::string_view(name->second));
  }

  void socket(const Line& line) {
    const auto descriptor = result_of(line.arguments);
    if (!descriptor || *descriptor < 0 || !line.arguments.starts_with("AF_INET")) {
      // Another kind of socket may take the number of one that was closed unseen.
      if (descriptor && *descriptor >= 0)
        sockets_.erase({process_of(line.pid), static_cast<std::int32_t>(*descriptor)});
      return;
    }
    Socket fresh;
    if (line.arguments.find("SOCK_STREAM") != std::string_view::npos) fresh.protocol = packets::kTcp;
    if (line.arguments.find("SOCK_DGRAM") != std::string_view::npos) fresh.protocol = packets::kUdp;
    sockets_[{process_of(line.pid), static_cast<std::int32_t>(*descriptor)}] = fresh;
  }

  /// -yy says what a descriptor is: 3<TCP:[10.0.0.2:40000->192.0.2.1:443]>, 4<UDPv6:[[::1]:53]>.
  static void decoration(std::string_view text, Socket& socket) {
    if (!text.starts_with('<')) return;
    text = text.substr(1);
    const bool tcp = text.starts_with("TCP"), udp = text.starts_with("UDP");
    const auto begin = text.find(":[");
    if ((!tcp && !udp) || begin == std::string_view::npos) return;
    socket.protocol = tcp ? packets::kTcp : packets::kUdp;
    text = until(text.substr(begin + 2), "]>");
    const auto arrow = text.find("->");
    if (const auto local = end_of(text.substr(0, arrow))) socket.local = *local;
    if (arrow == std::string_view::npos) return;
    if (const auto remote = end_of(text.substr(arrow + 2))) socket.remote = *remote;
  }

  void execve(const Line& line) {
    const auto begin = line.arguments.find('"');
    if (begin == std::string_view::npos || result_of(line.arguments) != 0) return;
    const auto path = until(line.arguments.substr(begin + 1), "\"");
    names_of_[process_of(line.pid)] = std::string(path.substr(path.rfind('/') + 1));
  }

  /// Threads share the sockets of their process; a new process begins with those of its parent.
  void clone(const Line& line) {
    const auto child = result_of(line.arguments);
    if (!child || *child <= 0) return;
    const auto parent = process_of(line.pid), id = static_cast<std::int32_t>(*child);
    if (line.arguments.find("CLONE_THREAD") != std::string_view::npos) {
      process_of_thread_[id] = parent;
      return;
    }
    if (const auto name = names_of_.find(parent); name != names_of_.end()) {
      const auto copy = name->second;
      names_of_[id] = copy;
    }
  }

  std::int32_t process_of(std::int32_t thread) const {
    const auto found = process_of_thread_.find(thread);
    return found == process_of_thread_.end() ? thread : found->second;
  }

  /// Where a descriptor was opened by a process that is not known to share it, the last of that number is taken: a
  /// trace of network calls alone does not say which ids are threads of one process.
  Socket& find(std::int32_t thread, std::int32_t descriptor) {
    const std::pair key{process_of(thread), descriptor};
    const auto last = last_.find(descriptor);
    if (const auto known = sockets_.find(key); known != sockets_.end()) {
      last_[descriptor] = key.first;
      return known->second;
    }
    Socket socket;
    if (last != last_.end())
      if (const auto other = sockets_.find({last->second, descriptor}); other != sockets_.end()) socket = other->second;
    last_[descriptor] = key.first;
    return sockets_[key] = socket;
  }

  std::map<std::pair<std::int32_t, std::int32_t>, Socket> sockets_;  ///< by process and descriptor
  std::map<std::int32_t, std::int32_t> last_;                        ///< by descriptor: the process that used it last
  std::map<std::int32_t, std::int32_t> process_of_thread_;
  std::map<std::int32_t, std::string> names_of_;
  std::map<std::int32_t, std::pair<std::string, std::string>> unfinished_;  ///< call and its first half
};

}  // namespace

std::unique_ptr<LogParser> strace_parser(LogParser::Setting& setting) {
  return std::make_unique<StraceParser>(setting);
}

bool is_strace_line(std::string_view text) {
  const auto line = line_of(text);
  if (!line || line->resumed) return false;
  constexpr std::array<std::string_view, 11> kTelling{"socket",      "connect", "bind",    "getsockname",
                                                      "getpeername", "sendto",  "sendmsg", "recvfrom",
                                                      "recvmsg",     "accept",  "accept4"};
  return std::find(kTelling.begin(), kTelling.end(), line->call) != kTelling.end() &&
         (result_of(line->arguments) || line->arguments.find("<unfinished") != std::string_view::npos);
}

}  // namespace morgana::sockets
