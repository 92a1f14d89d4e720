// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdio>

namespace morgana::host {

/// True where lines can be redrawn: a terminal, and TERM says that it can more than print.
bool redraws(std::FILE* stream);

/// True where colours may be written: as `redraws`, and NO_COLOR is unset or empty (https://no-color.org).
bool shows_colours(std::FILE* stream);

/// Size of the terminal on stderr; where there is none, or it does not know, 80 x 24.
struct Screen {
  std::size_t columns = 80, rows = 24;
};
Screen screen();

}  // namespace morgana::host
