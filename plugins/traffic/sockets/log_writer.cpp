// SPDX-License-Identifier: Apache-2.0
#include "sockets/log_writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <system_error>

#include "morgana/error.hpp"
#include "sockets/fields.hpp"
#include "sockets/morgana_log.hpp"

namespace morgana::sockets {

LogWriter::LogWriter(std::filesystem::path file)
    : path_(std::move(file)), file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600)) {
  if (file_ < 0) throw Error("cannot write {}: {}", path_.string(), std::generic_category().message(errno));
  text_ = fmt::format("{}\n{}\n", kLogMark, kLogHeader);
}

LogWriter::~LogWriter() { ::close(file_); }

void LogWriter::add(std::string_view event, const SocketRow& row, std::string_view process) {
  const char* protocol = row.protocol == packets::kTcp ? "tcp" : row.protocol == packets::kUdp ? "udp" : "-";
  const auto number = [](std::int64_t value) { return value < 0 ? std::string("-") : fmt::format("{}", value); };
  std::string name(process.empty() ? "-" : process);
  // A process calls itself what it likes.
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  fmt::format_to(std::back_inserter(text_), "{}.{:09}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", row.nanoseconds / 1'000'000'000,
                 row.nanoseconds % 1'000'000'000, event, protocol, text_of(row.local),
                 row.remote ? text_of(*row.remote) : "-", number(row.pid), number(row.uid), name);
  ++rows_;
}

void LogWriter::flush() {
  std::string_view rest = text_;
  while (!rest.empty()) {
    const auto written = ::write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw Error("cannot write {}: {}", path_.string(), std::generic_category().message(errno));
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  text_.clear();
}

}  // namespace morgana::sockets
