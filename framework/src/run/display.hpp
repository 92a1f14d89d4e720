// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "graph/plan.hpp"
#include "run/observer.hpp"

namespace morgana::host {

/// Shows a run on stderr: lines that stay, and, on a terminal, a line a running node that is redrawn.
class Display final : public Observer {
 public:
  enum class Style { kQuiet, kLines, kLive };  ///< quiet: warnings and errors only
  /// Live where stderr is a terminal, lines elsewhere.
  static Style style_of_stderr();

  Display(const Plan& plan, Style style);
  ~Display() override;

  /// A line of its own, above what is redrawn.
  void say(const std::string& line);
  /// Takes the redrawn lines away for good; later lines are plain. Called before the process is ended, too.
  void close();

  void started(std::size_t node, const NodeOutcome& so_far) override;
  void progressed(std::size_t node, const Progress& progress) override;
  void logged(std::size_t node, LogLevel level, const std::string& text) override;
  void waits_for_other_run(std::size_t node) override;
  void ended(std::size_t node, const NodeOutcome& outcome) override;

 private:
  using Clock = std::chrono::steady_clock;
  struct Running {
    Clock::time_point begin, first_progress, last_line;
    std::uint64_t first_done = 0, done = 0, total = 0;
    std::string unit, note;
    bool waiting = false;
  };

  void redraw_loop();
  void redraw();                             ///< under the lock
  void write_line(const std::string& line);  ///< under the lock
  void erase_live();                         ///< under the lock
  void draw_live();                          ///< under the lock
  std::string live_line(std::size_t node, const Running& running, std::size_t columns) const;
  std::string figures(const Running& running) const;  ///< "400/2000 steps, 31 steps/s, 51 s left, loss 0.01"
  std::string summary_line() const;
  std::string painted(const char* colour, const std::string& text) const;
  std::string name_of(std::size_t node) const;

  const Plan& plan_;
  Style style_;
  const bool colours_, unicode_;
  const Clock::time_point begin_ = Clock::now();
  std::size_t name_columns_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::size_t, Running> running_;
  std::vector<std::optional<NodeStatus>> ended_;  ///< of each node
  std::size_t drawn_ = 0;                         ///< live lines on the screen now
  bool closed_ = false;
  std::thread thread_;
};

}  // namespace morgana::host
