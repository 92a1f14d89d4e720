// SPDX-License-Identifier: Apache-2.0
#include "rows.hpp"

#include <fmt/format.h>

#include "cell.hpp"
#include "morgana/count_text.hpp"
#include "morgana/error.hpp"

namespace morgana::csv {

Fault ragged_row(const Header& header, const Records& records) {
  return {"ragged row",
          fmt::format("{} where the first has {}", count_text(records.cells().size(), "cell"), header.size())};
}

double number_in(const Header& header, const Records& records, std::size_t column, const char* row,
                 std::optional<Fault>& fault) {
  const auto cell = records.cells()[column];
  const auto [kind, value] = number_of(cell);
  if (kind == CellKind::kDecimalComma)
    throw Error("{} {} {}: {} in {} has a decimal comma", header.file(), row, records.number(), shown(cell),
                header.name(column))
        .hint("write numbers with a decimal point");
  if (kind == CellKind::kText && !fault)
    fault = {"text in a number cell", fmt::format("{} in {}", shown(cell), header.name(column))};
  return value;
}

}  // namespace morgana::csv
