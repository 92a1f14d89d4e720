// SPDX-License-Identifier: Apache-2.0
// Any bytes as a CSV file: read by rows and by columns.
#include "bytes.hpp"
#include "cell.hpp"
#include "csv/csv_records.hpp"
#include "header.hpp"
#include "morgana/error.hpp"
#include "transposed.hpp"

namespace {

void read_all(morgana::csv::Records& records) {
  while (records.next())
    for (const auto cell : records.cells()) {
      morgana::csv::number_of(cell);
      morgana::csv::shown(cell);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace morgana;
  const auto text = fuzz::text_of(data, size);
  for (const char separator : {'\0', ';'}) {
    try {
      fuzz::Bytes source(text);
      csv::CsvRecords records(source, "file", separator);
      if (records.next()) {
        const csv::Header header("file", records.cells(), true);
        header.find_series("", std::vector<bool>(header.size()));
      }
      read_all(records);
    } catch (const Error&) {
    }
    try {
      fuzz::Bytes source(text);
      csv::CsvRecords records(source, "file", separator);
      csv::Transposed columns(records, "file");
      read_all(columns);
    } catch (const Error&) {
    }
  }
  return 0;
}
