// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "files/test/temporary_folder.hpp"
#include "files/test/text_source.hpp"
#include "sockets/fields.hpp"
#include "sockets/read_log.hpp"

namespace morgana::sockets::testing {

using morgana::testing::content_of;
using morgana::testing::TemporaryFolder;
using morgana::testing::TextSource;

/// A log that comes in small pieces.
inline ReadLog read_text(std::string_view text, const ProcessNames& names = {}) {
  TextSource source(std::string(text), 7);
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
