// SPDX-License-Identifier: Apache-2.0
// A library that is no plugin.
#include <morgana/version.hpp>

extern "C" MORGANA_API int something_else() { return 1; }
