// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cmath>
#include <fstream>

#include "csv/csv_cell.hpp"
#include "morgana/error.hpp"
#include "trace_files.hpp"

namespace morgana::write_traces {
namespace {

/// What is gathered before it is written.
constexpr std::size_t kFlushBytes = 1 << 20;

/// The fewest digits that give the number again, also by way of double precision, as which most programs read it.
void append_number(std::string& out, float value) {
  if (std::isnan(value)) return;  // an empty field
  char text[32];
  auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  double read = 0;
  std::from_chars(text, end, read);
  if (static_cast<float>(read) != value) end = std::to_chars(text, text + sizeof(text), static_cast<double>(value)).ptr;
  out.append(text, end);
}

const std::string& name_in(const NameColumn& column, std::size_t row) {
  static const std::string unknown;
  return column.id[row] < 0 ? unknown : column.names[static_cast<std::size_t>(column.id[row])];
}

class CsvFile {
 public:
  explicit CsvFile(const std::filesystem::path& file) : path_(file), out_(file, std::ios::binary) { check(); }

  std::string text;

  void flush() {
    out_.write(text.data(), static_cast<std::streamsize>(text.size()));
    check();
    text.clear();
  }
  void close() {
    flush();
    out_.close();
    check();
  }

 private:
  void check() const {
    if (!out_) throw Error("cannot write {}: {}", path_.string(), std::generic_category().message(errno));
  }
  std::filesystem::path path_;
  std::ofstream out_;
};

}  // namespace

void write_csv(const Traces& traces, const std::filesystem::path& file) {
  const auto& table = traces.table();
  CsvFile csv(file);
  std::vector<const NameColumn*> names;
  csv.text = "trace";
  for (const auto& [name, column] :
       {std::pair{"label", &table.label}, std::pair{"capture", &table.capture}, std::pair{"device", &table.device}})
    if (!column->id.empty()) {
      names.push_back(column);
      csv.text.append(",").append(name);
    }
  csv.text += ",packet";
  for (const auto& channel : table.channels) csv.text.append(",").append(csv::cell_of(channel.name));
  csv.text += '\n';
  for (std::size_t row = 0; row < traces.size(); ++row) {
    auto start = std::to_string(row);
    for (const auto* column : names) start.append(",").append(csv::cell_of(name_in(*column, row)));
    for (std::size_t packet = 0; packet < traces.packets(row); ++packet) {
      csv.text.append(start).append(",").append(std::to_string(packet));
      for (const auto& channel : table.channels) {
        csv.text += ',';
        append_number(csv.text, channel.values[table.offsets[row] + packet]);
      }
      csv.text += '\n';
    }
    if (csv.text.size() >= kFlushBytes) csv.flush();
  }
  csv.close();
}

}  // namespace morgana::write_traces
