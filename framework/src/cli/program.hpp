// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace morgana::host {

/// The whole program behind `main`: finds the verb, runs it, turns what it throws into a message and an exit code.
int run_program(const std::vector<std::string>& words);

/// "1.0.0"
std::string version();

}  // namespace morgana::host
