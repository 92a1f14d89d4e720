// SPDX-License-Identifier: Apache-2.0
// Any bytes as a parquet file: each column read as each kind it can be read as. Arrow itself is not instrumented; what
// it hands over is looked at by code that is.
#include <cstdlib>

#include "bytes.hpp"
#include "morgana/error.hpp"
#include "parquet/parquet_file.hpp"

namespace {

using namespace morgana;

void read(tables::ParquetFile& file, const std::string& column, tables::ColumnKind kind) {
  std::uint64_t rows = 0;
  double sum = 0;
  try {
    file.read({{column, kind}}, [&](std::size_t count, const std::vector<tables::ColumnBatch>& columns) {
      const auto& batch = columns.at(0);
      rows += count;
      for (std::size_t row = 0; row < count; ++row) switch (kind) {
          case tables::ColumnKind::kLists:
          case tables::ColumnKind::kTimes:
            for (const auto number : batch.list(row)) sum += number;
            break;
          case tables::ColumnKind::kNumbers:
            sum += batch.numbers.at(row);
            break;
          case tables::ColumnKind::kText:
            sum += static_cast<double>(batch.text.at(row).size());
        }
    });
    if (rows != file.rows()) std::abort();
  } catch (const Error&) {
  }
  volatile double kept = sum;
  (void)kept;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    tables::ParquetFile file(fuzz::file_of(fuzz::text_of(data, size)));
    for (const auto& column : file.column_names())
      for (const auto kind : {tables::ColumnKind::kLists, tables::ColumnKind::kTimes, tables::ColumnKind::kNumbers,
                              tables::ColumnKind::kText})
        read(file, column, kind);
  } catch (const Error&) {
  }
  return 0;
}
