// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "csv/csv_records.hpp"
#include "header.hpp"

namespace morgana::csv {

/// What makes a row useless.
struct Fault {
  std::string reason, fact;
};

/// Of a row that has not one cell for each column.
Fault ragged_row(const Header& header, const Records& records);

/// The number in a cell of the present row, which is called `row` in messages; NaN where there is none. Text becomes
/// the fault, where there was none before; throws `Error` for a decimal comma, which the whole file will have.
double number_in(const Header& header, const Records& records, std::size_t column, const char* row,
                 std::optional<Fault>& fault);

}  // namespace morgana::csv
