// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "morgana/context.hpp"
#include "tables/row_collector.hpp"

namespace morgana::tables {

/// The traces of a collector; logs how many there are and what was left out. Throws `Error` where none is left.
Traces finished(RowCollector&& collector, const std::filesystem::path& path, Context& context);

}  // namespace morgana::tables
