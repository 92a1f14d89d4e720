// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "sockets/fields.hpp"
#include "sockets/read_log.hpp"

namespace morgana::sockets::testing {

/// A text as a file that hands out few bytes at a time.
class TextSource final : public files::ByteSource {
 public:
  explicit TextSource(std::string_view text, std::size_t step = 7) : text_(text), step_(step) {}
  std::size_t read(char* into, std::size_t capacity) override {
    const auto count = std::min({capacity, step_, text_.size()});
    std::memcpy(into, text_.data(), count);
    text_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view text_;
  std::size_t step_;
};

inline ReadLog read_text(std::string_view text, const ProcessNames& names = {}) {
  TextSource source(text);
  return read_log(source, "a.log", names);
}

/// "tcp 10.0.0.2:1 > 192.0.2.1:443 4711 10054 curl" of each row, a line each.
inline std::string text_of_rows(const SocketLog& log) {
  std::string text;
  for (const auto& row : log.rows()) {
    text += row.protocol == packets::kTcp ? "tcp " : row.protocol == packets::kUdp ? "udp " : "? ";
    text += text_of(row.local) + " > " + (row.remote ? text_of(*row.remote) : "-") + " " + std::to_string(row.pid) +
            " " + std::to_string(row.uid) + " " + std::string(log.process_of(row)) + "\n";
  }
  return text;
}

inline packets::End end(std::string_view text) { return end_of(text).value(); }

}  // namespace morgana::sockets::testing
