// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "files/byte_source.hpp"

namespace morgana::csv {

/// Records one after the other, each a row of cells.
class Records {
 public:
  virtual ~Records() = default;
  /// False at the end.
  virtual bool next() = 0;
  /// Valid until the next call of `next`.
  virtual const std::vector<std::string_view>& cells() const = 0;
  /// Where the record begins, from 1: a line, or a column of a transposed table.
  virtual std::uint64_t number() const = 0;
};

/// A CSV file as RFC 4180 has it, streamed: quoted cells with doubled quotes and line breaks, any kind of line end, a
/// byte order mark. Blank lines, and lines that begin with '#', are left out; so is space around cells.
///
/// Throws `Error` with the file's name and the line where the text is none or a quote stays open.
class CsvRecords final : public Records {
 public:
  /// `separator` 0: the one of , ; tab | that divides the first record most often.
  CsvRecords(files::ByteSource& source, std::string file, char separator);

  bool next() override;
  const std::vector<std::string_view>& cells() const override { return cells_; }
  std::uint64_t number() const override { return line_; }
  char separator() const noexcept { return separator_; }

 private:
  bool have(std::size_t offset);
  bool fill();
  void skip_byte_order_mark();
  bool find_record();
  bool skip_left_out();
  void choose_separator();
  void divide();
  std::string_view record() const { return std::string_view(buffer_).substr(begin_, length_); }
  [[noreturn]] void fail(std::uint64_t line, const std::string& why) const;
  void check_text(char byte) const;

  files::ByteSource& source_;
  std::string file_;
  char separator_;
  std::string buffer_;
  std::size_t begin_ = 0, length_ = 0, after_ = 0;  ///< the record in `buffer_`, and what follows its line end
  bool started_ = false, ended_ = false;
  std::uint64_t line_ = 0, next_line_ = 1;
  std::vector<std::string_view> cells_;
  std::deque<std::string> unescaped_;  ///< cells that held doubled quotes
};

}  // namespace morgana::csv
