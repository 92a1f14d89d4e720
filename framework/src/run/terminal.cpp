// SPDX-License-Identifier: Apache-2.0
#include "run/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace morgana::host {

bool redraws(std::FILE* stream) {
  const char* terminal = std::getenv("TERM");
  return ::isatty(::fileno(stream)) == 1 && terminal != nullptr && std::strcmp(terminal, "dumb") != 0;
}

bool shows_colours(std::FILE* stream) {
  const char* none = std::getenv("NO_COLOR");
  return redraws(stream) && (none == nullptr || *none == '\0');
}

Screen screen() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {size.ws_col, size.ws_row};
}

}  // namespace morgana::host
