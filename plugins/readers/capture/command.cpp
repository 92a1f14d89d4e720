// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "morgana/error.hpp"

namespace morgana::capture {

Command::Command(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  // What this program ignores or handles is its own affair.
  sigset_t defaults, unblocked;
  sigemptyset(&unblocked);
  sigemptyset(&defaults);
  for (const int number : {SIGPIPE, SIGINT, SIGTERM}) sigaddset(&defaults, number);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setsigmask(&attributes, &unblocked);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  const int fault = ::posix_spawnp(&pid_, arguments[0], nullptr, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  if (fault != 0) {
    pid_ = -1;
    throw Error("cannot start \"{}\": {}", words[0], std::generic_category().message(fault));
  }
}

Command::~Command() {
  if (status()) return;
  signal(SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

const std::optional<Command::Status>& Command::status() {
  if (status_) return status_;
  int raw = 0;
  const auto ended = ::waitpid(pid_, &raw, WNOHANG);
  if (ended == pid_) status_ = WIFSIGNALED(raw) ? Status{.signal = WTERMSIG(raw)} : Status{.code = WEXITSTATUS(raw)};
  else if (ended < 0 && errno == ECHILD) status_ = Status{};  // somebody else waited for it
  return status_;
}

void Command::signal(int number) {
  if (!status()) ::kill(pid_, number);
}

}  // namespace morgana::capture
