// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace morgana::capture {

/// The program of an experiment: started with the capture, and waited for.
class Command {
 public:
  /// How it ended: its exit code, or the signal that ended it.
  struct Status {
    int code = 0;
    int signal = 0;
  };

  /// Starts the program `words[0]`, looked for on PATH, with the terminal, environment and folder of this one. Throws
  /// `Error` where there is none.
  explicit Command(const std::vector<std::string>& words);
  /// Ends it where it still runs.
  ~Command();
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  pid_t pid() const noexcept { return pid_; }
  /// Nothing while it runs.
  const std::optional<Status>& status();
  void signal(int number);

 private:
  pid_t pid_ = -1;
  std::optional<Status> status_;
};

}  // namespace morgana::capture
