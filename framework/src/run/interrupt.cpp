// SPDX-License-Identifier: Apache-2.0
#include "run/interrupt.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>

#include "cache/plain_words.hpp"
#include "morgana/error.hpp"

namespace morgana::host {
namespace {

int wake_descriptor = -1;
struct sigaction before_interrupt, before_terminate;

// Only async-signal-safe calls.
void on_signal(int) {
  const std::uint64_t one = 1;
  const ssize_t ignored = ::write(wake_descriptor, &one, sizeof one);
  static_cast<void>(ignored);
}

void wake() { on_signal(0); }

/// Does what may go wrong, a record on a full disk for instance: the words for that are the last ones.
void attempt(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& exception) {
    const auto text = "error: " + plain_words(exception) + "\n";
    const ssize_t ignored = ::write(STDERR_FILENO, text.data(), text.size());
    static_cast<void>(ignored);
  }
}

}  // namespace

Interrupt::Interrupt(std::atomic<bool>& stop, std::chrono::seconds grace, Actions actions)
    : stop_(stop), grace_(grace), actions_(std::move(actions)) {
  // A semaphore: two signals at once are still two.
  wake_descriptor = ::eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE);
  if (wake_descriptor < 0) throw Error("cannot watch for Ctrl-C: {}", std::strerror(errno));
  thread_ = std::thread([this] { watch(); });
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGINT, &action, &before_interrupt);
  ::sigaction(SIGTERM, &action, &before_terminate);
}

Interrupt::~Interrupt() {
  ::sigaction(SIGINT, &before_interrupt, nullptr);
  ::sigaction(SIGTERM, &before_terminate, nullptr);
  closing_ = true;
  wake();
  thread_.join();
  ::close(wake_descriptor);
  wake_descriptor = -1;
}

void Interrupt::watch() {
  using std::chrono::steady_clock;
  std::optional<steady_clock::time_point> deadline;
  while (true) {
    int timeout = -1;
    if (deadline) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - steady_clock::now()).count();
      timeout = left > 0 ? static_cast<int>(left) : 0;
    }
    pollfd watched{wake_descriptor, POLLIN, 0};
    const int ready = ::poll(&watched, 1, timeout);
    if (closing_) return;
    if (ready > 0) {
      std::uint64_t count = 0;
      const ssize_t ignored = ::read(wake_descriptor, &count, sizeof count);
      static_cast<void>(ignored);
      if (deadline) break;  // the second request
      stop_ = true;
      attempt(actions_.asked);
      deadline = steady_clock::now() + grace_;
    } else if (deadline && steady_clock::now() >= *deadline) {
      bool over = true;
      attempt([&] { over = actions_.grace_over(); });
      if (over) break;
      deadline = steady_clock::now() + grace_;  // a value is being saved; that ends
    }
  }
  attempt(actions_.before_exit);
  // Without destructors: a stage that does not stop may hold any lock, and no plugin may be unloaded.
  ::_exit(1);
}

}  // namespace morgana::host
