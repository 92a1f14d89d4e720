// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdlib>

#include "cli/program.hpp"

int main(int count, char** words) {
  // Before any plugin brings an OpenMP run time along: its idle threads must not spin on cores that other stages have.
  ::setenv("OMP_WAIT_POLICY", "passive", 0);
  // A reader of our messages that goes away, such as `head`, must not end a training.
  std::signal(SIGPIPE, SIG_IGN);
  return morgana::host::run_program({words + 1, words + count});
}
