// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "files/byte_source.hpp"
#include "morgana/trace_builder.hpp"
#include "sockets/process_names.hpp"
#include "sockets/socket_log.hpp"

namespace morgana::sockets {

enum class LogFormat : std::uint8_t {
  kMorgana,  ///< what `morgana capture` writes; docs/recording.md
  kNetstat,  ///< `netstat -tunap`, of GNU net-tools, busybox or Android's toybox, again and again, perhaps with times
  kSs,       ///< `ss -tunap`, of any layout, again and again, perhaps with times
  kStrace    ///< `strace -f -e trace=network`, with or without -t, -tt, -ttt, -y, -yy
};
/// "morgana", "netstat", "ss", "strace": as BF_label_source has it.
std::string_view name_of(LogFormat format);

struct ReadLog {
  SocketLog log;
  LogFormat format = LogFormat::kMorgana;
  std::uint64_t lines = 0;
  Omissions skipped{};  ///< lines that were passed by, with the reason and "name line 12"
};

/// Reads a socket log; its format is told by its first lines. `name` is the file's in messages.
///
/// Damaged lines are counted, not thrown. Throws `Error` where no line is of any format, and what `source` throws.
/// Memory is that of the rows, and one line of at most `kLongestLine` bytes: a longer one is cut, and counted.
inline constexpr std::size_t kLongestLine = 64 * 1024;
ReadLog read_log(files::ByteSource& source, const std::string& name, const ProcessNames& names = {});
/// The same of a file that is not compressed.
ReadLog read_log(const std::filesystem::path& file, const ProcessNames& names = {});

}  // namespace morgana::sockets
