// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>
#include <morgana/error.hpp>

namespace morgana::capture {
namespace {

Command::Status wait(Command& command) {
  while (!command.status()) ::usleep(1000);
  return *command.status();
}

TEST(Command, SaysHowItEnded) {
  Command good({"true"}), bad({"sh", "-c", "exit 7"});
  EXPECT_EQ(wait(good).code, 0);
  EXPECT_EQ(wait(bad).code, 7);
  EXPECT_EQ(wait(bad).signal, 0);
}

TEST(Command, IsSignalled) {
  Command command({"sleep", "100"});
  EXPECT_FALSE(command.status());
  command.signal(SIGTERM);
  EXPECT_EQ(wait(command).signal, SIGTERM);
  command.signal(SIGTERM);  // its id may be another's by now
}

TEST(Command, DoesNotInheritWhatIsIgnoredHere) {
  struct sigaction ignored {
  }, before{};
  ignored.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignored, &before);
  Command command({"sh", "-c", "kill -PIPE $$"});
  EXPECT_EQ(wait(command).signal, SIGPIPE);
  ::sigaction(SIGPIPE, &before, nullptr);
}

TEST(Command, ThatIsNotThereIsAnError) {
  try {
    Command command({"no-such-program-at-all"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "cannot start \"no-such-program-at-all\": No such file or directory");
  }
}

TEST(Command, IsEndedWithItsObject) {
  pid_t pid = -1;
  {
    Command command({"sleep", "100"});
    pid = command.pid();
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

}  // namespace
}  // namespace morgana::capture
