// SPDX-License-Identifier: Apache-2.0
#include "run/display.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <system_error>

#include "run/crash.hpp"
#include "run/terminal.hpp"
#include "run/wording.hpp"

namespace morgana::host {
namespace {

constexpr std::chrono::milliseconds kRedrawEvery{100};
constexpr std::chrono::seconds kProgressLineEvery{10};  // where nothing is redrawn
constexpr std::size_t kWidestName = 32;
constexpr std::size_t kBarColumns = 16;

constexpr const char* kGreen = "32";
constexpr const char* kRed = "31";
constexpr const char* kYellow = "33";
constexpr const char* kDim = "2";

bool writes_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0')
      return std::strstr(value, "UTF-8") != nullptr || std::strstr(value, "utf8") != nullptr;
  return false;
}

// One call a picture where the terminal takes it, so that nobody sees half of it.
void write_out(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (written < 0 && errno == EAGAIN) {
      pollfd full{STDERR_FILENO, POLLOUT, 0};
      ::poll(&full, 1, -1);
    } else if (written == 0 || errno != EINTR) {
      return;
    }
  }
}

double seconds_between(std::chrono::steady_clock::time_point from, std::chrono::steady_clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

std::string rate_text(double rate, const std::string& unit) {
  if (unit == "bytes") return bytes_text(static_cast<std::uint64_t>(rate)) + "/s";
  return rate >= 100 ? fmt::format("{:.0f} {}/s", rate, unit) : fmt::format("{:.2g} {}/s", rate, unit);
}

}  // namespace

Display::Style Display::style_of_stderr() { return redraws(stderr) ? Style::kLive : Style::kLines; }

Display::Display(const Plan& plan, Style style)
    : plan_(plan), style_(style), colours_(shows_colours(stderr)), unicode_(writes_utf8()), ended_(plan.nodes.size()) {
  for (const auto& node : plan.nodes) name_columns_ = std::max(name_columns_, columns_of(node.name));
  name_columns_ = std::min(name_columns_, kWidestName);
  if (style_ != Style::kQuiet) try {
      thread_ = std::thread([this] { redraw_loop(); });
    } catch (const std::system_error&) {  // the system gives no thread: events are told all the same
      if (style_ == Style::kLive) style_ = Style::kLines;
    }
}

Display::~Display() { close(); }

void Display::close() {
  {
    const std::lock_guard lock(mutex_);
    if (!closed_) erase_live();
    closed_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable() && thread_.get_id() != std::this_thread::get_id()) thread_.join();
}

void Display::say(const std::string& line) {
  const std::lock_guard lock(mutex_);
  write_line(line);
}

std::string Display::painted(const char* colour, const std::string& text) const {
  return colours_ ? fmt::format("\x1b[{}m{}\x1b[0m", colour, text) : text;
}

std::string Display::name_of(std::size_t node) const { return padded(plan_.nodes[node].name, name_columns_); }

void Display::started(std::size_t node, const NodeOutcome& so_far) {
  const std::lock_guard lock(mutex_);
  running_[node] = {Clock::now(), {}, Clock::now(), 0, 0, 0, "", "", false};
  ended_[node].reset();  // a value found broken is made again
  if (style_ == Style::kLines)
    write_line(fmt::format("{}  started  {}: {}", name_of(node), plan_.nodes[node].stage->name, so_far.reason));
}

void Display::progressed(std::size_t node, const Progress& progress) {
  const std::lock_guard lock(mutex_);
  auto& running = running_[node];
  if (running.first_progress == Clock::time_point{}) {
    running.first_progress = Clock::now();
    running.first_done = progress.done;
  }
  running.done = progress.done;
  running.total = progress.total;
  running.unit = progress.unit;
  running.note = progress.note;
  std::replace_if(
      running.note.begin(), running.note.end(), [](unsigned char c) { return std::iscntrl(c) != 0; }, ' ');
}

void Display::logged(std::size_t node, LogLevel level, const std::string& text) {
  if (level == LogLevel::kDebug || (level == LogLevel::kInfo && style_ == Style::kQuiet)) return;
  const std::lock_guard lock(mutex_);
  if (level == LogLevel::kWarning)
    write_line(painted(kYellow, fmt::format("warning: node \"{}\": {}", plan_.nodes[node].name, text)));
  else write_line(fmt::format("{}  {}", name_of(node), painted(kDim, text)));
}

void Display::waits_for_other_run(std::size_t node) {
  const std::lock_guard lock(mutex_);
  running_[node].begin = running_[node].last_line = Clock::now();
  running_[node].waiting = true;
  if (style_ != Style::kLive && style_ != Style::kQuiet)
    write_line(fmt::format("{}  waits for another run that makes it", name_of(node)));
}

void Display::ended(std::size_t node, const NodeOutcome& outcome) {
  const std::lock_guard lock(mutex_);
  ended_[node] = outcome.status;
  running_.erase(node);
  if (outcome.status == NodeStatus::kFailed) {
    write_line(painted(kRed, "error: ") + outcome.error);
    if (!outcome.hint.empty()) write_line("  hint: " + outcome.hint);
    return;
  }
  if (style_ == Style::kQuiet) return;
  const auto& stage = plan_.nodes[node].stage->name;
  const auto duration = duration_text(outcome.seconds);
  if (outcome.status == NodeStatus::kDone)
    write_line(fmt::format("{}  {}  {}", name_of(node), painted(kGreen, "done   "),
                           style_ == Style::kLive
                               ? padded(duration, 10) + "  " + stage + painted(kDim, ": " + outcome.reason)
                               : duration));
  else if (outcome.status == NodeStatus::kCached && outcome.reason != "cached")
    write_line(fmt::format("{}  {}", name_of(node), outcome.reason));
  else if (outcome.status == NodeStatus::kStopped && outcome.reason != "not begun")
    write_line(fmt::format("{}  {}", name_of(node), painted(kYellow, "stopped")));
}

void Display::redraw_loop() {
  std::unique_lock lock(mutex_);
  while (!closed_) {
    changed_.wait_for(lock, style_ == Style::kLive ? kRedrawEvery : std::chrono::milliseconds(1000));
    if (closed_) return;
    try {
      redraw();
    } catch (const std::exception&) {  // one picture less; nothing may leave the thread
    }
  }
}

void Display::redraw() {
  if (style_ == Style::kLive) return draw_live();
  const auto now = Clock::now();
  for (auto& [node, running] : running_) {
    if (now - running.last_line < kProgressLineEvery) continue;
    running.last_line = now;
    write_line(fmt::format("{}  running  {}", name_of(node), figures(running)));
  }
}

void Display::write_line(const std::string& line) {
  if (drawn_ > 0) {
    write_out(fmt::format("\r\x1b[{}A\x1b[J{}\n", drawn_, line));
    drawn_ = 0;
    draw_live();
  } else {
    write_out(line + "\n");
  }
}

void Display::erase_live() {
  if (drawn_ > 0) write_out(fmt::format("\r\x1b[{}A\x1b[J", drawn_));
  drawn_ = 0;
  show_live_lines(0);
}

void Display::draw_live() {
  if (!show_live_lines(drawn_)) return;
  const auto [columns, rows] = screen();
  std::string picture = drawn_ > 0 ? fmt::format("\r\x1b[{}A\x1b[J", drawn_) : "";
  drawn_ = 0;
  // A node, the summary and the cursor's row take three.
  if (!closed_ && !running_.empty() && rows >= 3) {
    const std::size_t room = rows > 4 ? rows - 3 : 1;
    for (const auto& [node, running] : running_) {
      if (drawn_ == room) break;
      picture += live_line(node, running, columns > 1 ? columns - 1 : columns) + "\n";
      ++drawn_;
    }
    picture += painted(kDim, shortened(summary_line(), columns - 1)) + "\n";
    ++drawn_;
  }
  if (!picture.empty()) write_out(picture);
  show_live_lines(drawn_);
}

std::string Display::live_line(std::size_t node, const Running& running, std::size_t columns) const {
  std::string line = name_of(node) + "  ";
  if (running.waiting) return shortened(line + "waits for another run that makes it", columns);
  if (running.total > 0) {
    const auto part = std::clamp(static_cast<double>(running.done) / static_cast<double>(running.total), 0.0, 1.0);
    const auto filled = static_cast<std::size_t>(part * kBarColumns);
    for (std::size_t i = 0; i < kBarColumns; ++i) line += i < filled ? (unicode_ ? "█" : "#") : (unicode_ ? "░" : "-");
    line += fmt::format(" {:3.0f} %  ", part * 100);
  }
  return shortened(line + figures(running), columns);
}

std::string Display::figures(const Running& running) const {
  const auto now = Clock::now();
  std::vector<std::string> parts;
  const auto amount = [&](std::uint64_t number) {
    return running.unit == "bytes" ? bytes_text(number) : fmt::format("{}", number);
  };
  if (running.total > 0)
    parts.push_back(fmt::format("{}/{} {}", amount(running.done), amount(running.total),
                                running.unit == "bytes" ? "" : running.unit));
  else if (running.done > 0)
    parts.push_back(fmt::format("{} {}", amount(running.done), running.unit == "bytes" ? "" : running.unit));
  if (!parts.empty() && parts[0].back() == ' ') parts[0].pop_back();
  const double time = running.done > running.first_done ? seconds_between(running.first_progress, now) : 0;
  if (time > 0.5) {
    const double rate = static_cast<double>(running.done - running.first_done) / time;
    parts.push_back(rate_text(rate, running.unit));
    if (running.total > running.done)
      parts.push_back(duration_text(static_cast<double>(running.total - running.done) / rate) + " left");
  }
  if (!running.note.empty()) parts.push_back(running.note);
  if (parts.empty() || running.total == 0) parts.push_back(duration_text(seconds_between(running.begin, now)));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string Display::summary_line() const {
  const auto ended = std::count_if(ended_.begin(), ended_.end(), [](const auto& status) { return status.has_value(); });
  const auto cached = std::count(ended_.begin(), ended_.end(), NodeStatus::kCached);
  return fmt::format("{}/{} nodes, {} cached, {} running, {}", ended, ended_.size(), cached, running_.size(),
                     duration_text(seconds_between(begin_, Clock::now())));
}

}  // namespace morgana::host
