// SPDX-License-Identifier: Apache-2.0
#include "sockets/read_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include "morgana/error.hpp"
#include "sockets/fields.hpp"
#include "sockets/log_parser.hpp"
#include "sockets/log_time.hpp"

namespace morgana::sockets {
namespace {

struct Format {
  LogFormat format;
  bool (*is_line)(std::string_view);
  std::unique_ptr<LogParser> (*parser)(LogParser::Setting&);
};
constexpr std::array<Format, 4> kFormats{{{LogFormat::kMorgana, is_morgana_line, morgana_parser},
                                          {LogFormat::kNetstat, is_netstat_line, netstat_parser},
                                          {LogFormat::kSs, is_ss_line, ss_parser},
                                          {LogFormat::kStrace, is_strace_line, strace_parser}}};

/// A log may begin with much else: the strace of a program's start, the banner of a shell.
constexpr std::size_t kLinesToTell = 2000;
/// So many lines of one format leave no doubt.
constexpr std::size_t kEnough = 5;

/// The lines of a source, each with its number; a line is valid until the next one.
class Lines {
 public:
  explicit Lines(files::ByteSource& source) : source_(source), buffer_(kLongestLine, '\0') {}

  bool next(std::string_view& line, bool& cut) {
    cut = false;
    while (true) {
      const char* begin = buffer_.data() + begin_;
      if (const void* newline = std::memchr(begin, '\n', end_ - begin_); newline != nullptr) {
        const auto size = static_cast<std::size_t>(static_cast<const char*>(newline) - begin);
        begin_ += size + 1;
        if (std::exchange(passing_, false)) continue;  // the rest of a line that was cut
        line = {begin, size};
        return true;
      }
      if (end_ - begin_ == buffer_.size()) {
        line = {buffer_.data(), buffer_.size()};
        begin_ = end_ = 0;
        if (std::exchange(passing_, true)) continue;
        cut = true;
        return true;
      }
      std::memmove(buffer_.data(), begin, end_ - begin_);
      end_ -= std::exchange(begin_, 0);
      const auto count = source_.read(buffer_.data() + end_, buffer_.size() - end_);
      end_ += count;
      if (count > 0) continue;
      line = {buffer_.data(), end_};
      const bool is_line = end_ > 0 && !passing_;
      end_ = 0;
      return is_line;
    }
  }

 private:
  files::ByteSource& source_;
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;
  bool passing_ = false;
};

class FileSource final : public files::ByteSource {
 public:
  explicit FileSource(const std::filesystem::path& path) : path_(path), file_(std::fopen(path.c_str(), "rbe")) {
    if (file_ == nullptr) fail();
  }
  ~FileSource() override { std::fclose(file_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  std::size_t read(char* into, std::size_t capacity) override {
    const auto count = std::fread(into, 1, capacity, file_);
    if (count == 0 && std::ferror(file_) != 0) fail();
    return count;
  }

 private:
  [[noreturn]] void fail() const {
    throw Error("cannot read {}: {}", path_.string(), std::generic_category().message(errno));
  }

  std::filesystem::path path_;
  std::FILE* file_;
};

}  // namespace

std::string_view name_of(LogFormat format) {
  constexpr std::array<std::string_view, 4> kNames{"morgana", "netstat", "ss", "strace"};
  return kNames[static_cast<std::size_t>(format)];
}

void LogParser::skip(const std::string& reason, std::string_view fact) {
  constexpr std::size_t kMostShown = 120;
  setting_.skipped.add(reason, fmt::format("{} line {}", setting_.file, setting_.line), fact.substr(0, kMostShown));
}

void LogParser::add(const SocketRow& row, std::string_view printed_name) {
  setting_.log.add(row, setting_.names.name_of(row.pid, row.uid, printed_name));
}

std::optional<std::int64_t> time_line_of(std::string_view line) {
  line = trimmed(line);
  constexpr std::string_view kMarks = "#=-*> \t";
  const auto begin = std::min(line.find_first_not_of(kMarks), line.size());
  line.remove_prefix(begin);
  if (begin > 0) line = line.substr(0, line.find_last_not_of(kMarks) + 1);
  return time_of(line);
}

ReadLog read_log(files::ByteSource& source, const std::string& name, const ProcessNames& names) {
  ReadLog read;
  LogParser::Setting setting{read.log, read.skipped, names, name};
  Lines lines(source);
  std::vector<std::string> begin;  // kept until the format is known
  std::array<std::size_t, kFormats.size()> matches{};
  std::unique_ptr<LogParser> parser;

  const auto take = [&](std::string_view line) {
    ++setting.line;
    parser->read(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
  };
  const auto decide = [&] {
    const auto most = std::max_element(matches.begin(), matches.end());
    if (*most == 0)
      throw Error("{} is no socket log: {}", name,
                  begin.empty() ? "it is empty" : "no line at its begin is of morgana capture, netstat, ss or strace")
          .hint("docs/recording.md shows each of them");
    const auto& format = kFormats[static_cast<std::size_t>(most - matches.begin())];
    read.format = format.format;
    parser = format.parser(setting);
    for (const auto& line : begin) take(line);
    begin = {};
  };

  std::string_view line;
  for (bool cut = false; lines.next(line, cut);) {
    ++read.lines;
    if (cut)
      read.skipped.add("lines longer than 64 KiB", fmt::format("{} line {}", name, read.lines), "the end is not read");
    if (parser != nullptr) {
      take(line);
      continue;
    }
    begin.emplace_back(line);
    bool enough = begin.size() == kLinesToTell;
    for (std::size_t i = 0; i < kFormats.size(); ++i)
      if (kFormats[i].is_line(line)) enough = ++matches[i] == kEnough || enough;
    if (enough) decide();
  }
  if (parser == nullptr) decide();
  parser->finish();
  return read;
}

ReadLog read_log(const std::filesystem::path& file, const ProcessNames& names) {
  FileSource source(file);
  return read_log(source, file.filename().string(), names);
}

}  // namespace morgana::sockets
