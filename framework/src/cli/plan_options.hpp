// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/cache_option.hpp"
#include "cli/request.hpp"

namespace morgana::host {

/// The plan of the first operand, with `--set` and `--plugin-path`.
inline Plan plan_of(const Arguments& arguments) { return plan_of(arguments, catalog_of(arguments)); }

}  // namespace morgana::host
