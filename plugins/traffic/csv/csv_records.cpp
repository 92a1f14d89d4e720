// SPDX-License-Identifier: Apache-2.0
#include "csv/csv_records.hpp"

#include <algorithm>
#include <array>

#include "morgana/error.hpp"

namespace morgana::csv {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 18;
/// The longest record followed: a quote that stays open would else take the whole file into memory.
constexpr std::size_t kLongestRecord = std::size_t{64} << 20;

constexpr std::string_view kSeparators = ",;\t|";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// Bytes that mean nothing but themselves, wherever they stand.
constexpr std::array<bool, 256> kOrdinary = [] {
  std::array<bool, 256> ordinary{};
  for (int code = 0x21; code < 256; ++code) ordinary[static_cast<std::size_t>(code)] = true;
  for (const unsigned char special : {'"', ',', ';', '|'}) ordinary[special] = false;
  return ordinary;
}();

/// Where a byte stands in a record; quotes mean something at the beginning of a cell only.
enum class Inside { kCellBegin, kPlain, kQuoted, kAfterQuote };

}  // namespace

CsvRecords::CsvRecords(files::ByteSource& source, std::string file, char separator)
    : source_(source), file_(std::move(file)), separator_(separator) {}

bool CsvRecords::next() {
  if (!started_) skip_byte_order_mark();
  if (separator_ == 0) choose_separator();
  if (!find_record()) return false;
  divide();
  return true;
}

void CsvRecords::fail(std::uint64_t line, const std::string& why) const {
  throw Error("{} line {}: {}", file_, line, why);
}

/// Whether there is a byte so far behind `begin_`, read where it was not yet.
bool CsvRecords::have(std::size_t offset) {
  while (begin_ + offset >= buffer_.size())
    if (!fill()) return false;
  return true;
}

/// Appends a block and forgets what lies before `begin_`; false at the end.
bool CsvRecords::fill() {
  if (ended_) return false;
  buffer_.erase(0, begin_);
  begin_ = 0;
  if (buffer_.size() > kLongestRecord)
    throw Error("{} line {}: a record of more than {} MB", file_, line_, kLongestRecord >> 20)
        .hint("is a quote left open, or is this no CSV file?");
  const auto had = buffer_.size();
  buffer_.resize(had + kBlock);
  const auto count = source_.read(buffer_.data() + had, kBlock);
  buffer_.resize(had + count);
  ended_ = count == 0;
  return !ended_;
}

void CsvRecords::skip_byte_order_mark() {
  started_ = true;
  have(2);
  if (buffer_.starts_with("\xff\xfe") || buffer_.starts_with("\xfe\xff"))
    throw Error("{} is UTF-16", file_).hint("save it as UTF-8");
  if (buffer_.starts_with("\xef\xbb\xbf")) after_ = 3;
}

void CsvRecords::check_text(char byte) const {
  const auto code = static_cast<unsigned char>(byte);
  if (code >= 0x20 || byte == '\t' || byte == '\n' || byte == '\r') return;
  throw Error("{} line {}: byte 0x{:02x} is no text", file_, next_line_, code).hint("a CSV file is text in UTF-8");
}

/// Goes past a line that is blank or a comment; false where the next line is neither.
bool CsvRecords::skip_left_out() {
  begin_ = after_;
  if (!have(0)) return false;
  const bool comment = buffer_[begin_] == '#';
  std::size_t offset = 0;
  for (; have(offset); ++offset) {
    const char byte = buffer_[begin_ + offset];
    if (byte == '\n' || byte == '\r') break;
    if (!comment && byte != ' ' && byte != '\t') return false;
    check_text(byte);
  }
  const bool pair = have(offset + 1) && buffer_[begin_ + offset] == '\r' && buffer_[begin_ + offset + 1] == '\n';
  after_ = std::min(buffer_.size(), begin_ + offset + (pair ? 2 : 1));
  ++next_line_;
  return true;
}

/// Sets where the next record lies; false at the end.
bool CsvRecords::find_record() {
  while (skip_left_out()) continue;
  line_ = next_line_;
  auto inside = Inside::kCellBegin;
  std::size_t offset = 0;
  for (; have(offset); ++offset) {
    if (inside == Inside::kPlain || inside == Inside::kQuoted)
      while (begin_ + offset < buffer_.size() && kOrdinary[static_cast<unsigned char>(buffer_[begin_ + offset])])
        ++offset;
    if (!have(offset)) break;
    const char byte = buffer_[begin_ + offset];
    check_text(byte);
    const bool line_end = byte == '\n' || byte == '\r';
    if (inside == Inside::kQuoted) {
      if (byte == '"') inside = Inside::kAfterQuote;
      else if (byte == '\n' || (byte == '\r' && !(have(offset + 1) && buffer_[begin_ + offset + 1] == '\n')))
        ++next_line_;
    } else if (line_end) {
      ++next_line_;
      length_ = offset;
      const bool pair = byte == '\r' && have(offset + 1) && buffer_[begin_ + offset + 1] == '\n';
      after_ = begin_ + offset + (pair ? 2 : 1);
      return true;
    } else if (byte == separator_) {
      inside = Inside::kCellBegin;
    } else if (byte == '"' && (inside == Inside::kCellBegin || inside == Inside::kAfterQuote)) {
      inside = Inside::kQuoted;
    } else if (inside == Inside::kAfterQuote && byte != ' ') {
      fail(next_line_, "text follows a closing quote");
    } else if (byte != ' ') {
      inside = Inside::kPlain;
    }
  }
  if (inside == Inside::kQuoted) fail(line_, "a quote is opened and never closed");
  length_ = offset;
  after_ = begin_ + offset;
  return offset > 0;
}

/// The one that divides the first record most often.
void CsvRecords::choose_separator() {
  char best = kSeparators[0];
  std::size_t most = 1;
  for (const char separator : kSeparators) {
    separator_ = separator;
    try {
      if (!find_record()) return;
      divide();
      if (cells_.size() > most) best = separator, most = cells_.size();
    } catch (const Error&) {
      // A quote begins a cell only behind the right separator; what is wrong in any case is found again.
    }
    after_ = begin_;
    next_line_ = line_;
  }
  separator_ = best;
}

/// Takes the record, which is well-formed, apart.
void CsvRecords::divide() {
  cells_.clear();
  unescaped_.clear();
  auto rest = record();
  for (;;) {
    const auto begin = rest.find_first_not_of(' ');
    if (begin == std::string_view::npos || rest[begin] != '"') {
      const auto end = rest.find(separator_);
      cells_.push_back(trimmed(rest.substr(0, end)));
      if (end == std::string_view::npos) return;
      rest.remove_prefix(end + 1);
      continue;
    }
    auto end = rest.find('"', begin + 1);
    const auto first_end = end;
    while (end + 1 < rest.size() && rest[end + 1] == '"') end = rest.find('"', end + 2);
    const auto quoted = rest.substr(begin + 1, end - begin - 1);
    if (end == first_end) {
      cells_.push_back(quoted);
    } else {
      auto& text = unescaped_.emplace_back();
      for (std::size_t i = 0; i < quoted.size(); ++i) {
        text += quoted[i];
        if (quoted[i] == '"') ++i;
      }
      cells_.push_back(text);
    }
    const auto next = rest.find(separator_, end + 1);
    if (next == std::string_view::npos) return;
    rest.remove_prefix(next + 1);
  }
}

}  // namespace morgana::csv
