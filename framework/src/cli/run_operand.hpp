// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/cache_option.hpp"
#include "run/recorded_run.hpp"

namespace morgana::host {

/// The run that an operand names, among those of `--runs`. Throws `UsageFault` where there is none or its record cannot
/// be read: the wrong word was typed.
inline RecordedRun run_called(const std::string& name, const Arguments& arguments) try {
  return read_run(name, arguments.value("runs"));
} catch (const Error& error) {
  throw UsageFault(error);
}

}  // namespace morgana::host
