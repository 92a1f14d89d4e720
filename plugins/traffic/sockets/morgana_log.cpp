// SPDX-License-Identifier: Apache-2.0
#include "sockets/morgana_log.hpp"

#include "sockets/fields.hpp"
#include "sockets/log_parser.hpp"
#include "sockets/log_time.hpp"

namespace morgana::sockets {
namespace {

class MorganaParser final : public LogParser {
 public:
  using LogParser::LogParser;

  void read(std::string_view line) override {
    if (line.empty() || line.starts_with('#') || line == kLogHeader) return;
    const auto cells = cells_of(line);
    if (cells.size() != 8) return skip("rows that have not eight columns, such as one cut off at the end", line);
    const auto time = time_of(cells[0]);
    const auto local = end_of(cells[3]);
    const auto remote = cells[4] == "-" ? packets::End{} : end_of(cells[4]);
    if (!time || !local || !remote || (cells[1] != "open" && cells[1] != "close"))
      return skip("rows that cannot be read", line);
    if (cells[1] == "close") return;  // its socket has its row
    SocketRow row{.nanoseconds = *time, .protocol = protocol_of(cells[2]), .local = *local};
    if (cells[4] != "-") row.remote = *remote;
    row.pid = number_of<std::int32_t>(cells[5]).value_or(-1);
    row.uid = number_of<std::int64_t>(cells[6]).value_or(-1);
    add(row, cells[7] == "-" ? std::string_view() : cells[7]);
  }
};

}  // namespace

std::unique_ptr<LogParser> morgana_parser(LogParser::Setting& setting) {
  return std::make_unique<MorganaParser>(setting);
}

bool is_morgana_line(std::string_view line) {
  if (line == kLogMark || line == kLogHeader) return true;
  const auto cells = cells_of(line);
  return cells.size() == 8 && (cells[1] == "open" || cells[1] == "close");
}

}  // namespace morgana::sockets
