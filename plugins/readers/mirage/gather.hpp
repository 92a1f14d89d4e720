// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "morgana/traces.hpp"

namespace morgana::mirage {

/// A trace of one of several tables.
struct RowPlace {
  std::size_t part, row;
};

/// Names of the traces of all tables, one table after the other.
struct RowNames {
  NameColumn label, capture, device;
};

/// The traces of several tables of the same columns as one table, in the order given. The tables are emptied column by
/// column, so that little is held twice.
TraceTable gather(const std::vector<TraceTable*>& parts, const std::vector<RowPlace>& order, RowNames names);

}  // namespace morgana::mirage
