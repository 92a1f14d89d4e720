// SPDX-License-Identifier: Apache-2.0
#include "run/crash.hpp"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>

namespace morgana::host {
namespace {

constexpr std::size_t kStackBytes = 64 * 1024;
constexpr int kSlots = 256;

thread_local const char* running_here = nullptr;
std::array<std::atomic<const char*>, kSlots> running{};
constexpr int kCrashed = -1;
std::atomic<int> live_lines{0};

// Only functions that signal-safety(7) allows are called from here on.
void say(const char* text) {
  const ssize_t ignored = ::write(STDERR_FILENO, text, std::strlen(text));
  static_cast<void>(ignored);
}

const char* meaning(int signal) {
  switch (signal) {
    case SIGSEGV:
      return "crashed: it used memory that is not its own (SIGSEGV)";
    case SIGBUS:
      return "crashed: it used memory that is not there (SIGBUS)";
    case SIGFPE:
      return "crashed: a division by zero or an overflow (SIGFPE)";
    case SIGILL:
      return "crashed: an instruction this processor does not have (SIGILL)";
    default:
      return "gave up: it called abort, or an exception left one of its own threads (SIGABRT)";
  }
}

void report(const char* who, int signal) {
  say("error: ");
  say(who);
  say(": ");
  say(meaning(signal));
  say("\n");
}

void erase(int lines) {
  char text[] = "\r\x1b[000A\x1b[J";
  for (char* digit = text + 5; digit > text + 2; --digit, lines /= 10) *digit = static_cast<char>('0' + lines % 10);
  say(text);
}

/// The first thread that crashes reports; one that what it broke makes crash meanwhile waits for the end.
void become_the_reporter() {
  static std::atomic<pid_t> reporter{0};
  const auto me = static_cast<pid_t>(::syscall(SYS_gettid));
  pid_t other = 0;
  if (reporter.compare_exchange_strong(other, me)) return;
  if (other == me) ::_exit(1);  // the report itself crashed
  for (;;) ::pause();
}

void on_crash(int signal) {
  become_the_reporter();
  const int lines = live_lines.exchange(kCrashed);
  if (lines > 0) erase(lines);
  else say("\n");
  if (running_here != nullptr) {
    report(running_here, signal);
  } else {
    bool any = false;
    for (const auto& slot : running)
      if (const char* who = slot.load()) {
        report(who, signal);
        any = true;
      }
    if (!any) report("morgana", signal);
  }
  say("  hint: finished nodes are kept; run it again to go on, with --jobs 1 to see which node it is\n");
  ::_exit(1);
}

}  // namespace

void install_crash_handler() {
  struct sigaction action {};
  action.sa_handler = on_crash;
  action.sa_flags = SA_ONSTACK | SA_NODEFER;
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) ::sigaction(signal, &action, nullptr);
}

bool show_live_lines(std::size_t count) {
  int before = live_lines.load();
  while (before != kCrashed && !live_lines.compare_exchange_weak(before, static_cast<int>(count))) {
  }
  return before != kCrashed;
}

CrashStack::CrashStack() : memory_(new char[kStackBytes]) {
  stack_t stack{};
  stack.ss_sp = memory_.get();
  stack.ss_size = kStackBytes;
  ::sigaltstack(&stack, nullptr);
}

CrashStack::~CrashStack() {
  stack_t none{};
  none.ss_flags = SS_DISABLE;
  ::sigaltstack(&none, nullptr);
}

CrashName::CrashName(std::string text) : text_(std::move(text)), outer_(running_here), slot_(-1) {
  running_here = text_.c_str();
  for (int i = 0; i < kSlots && slot_ < 0; ++i) {
    const char* empty = nullptr;
    if (running[static_cast<std::size_t>(i)].compare_exchange_strong(empty, text_.c_str())) slot_ = i;
  }
}

CrashName::~CrashName() {
  running_here = outer_;
  if (slot_ >= 0) running[static_cast<std::size_t>(slot_)] = nullptr;
}

}  // namespace morgana::host
