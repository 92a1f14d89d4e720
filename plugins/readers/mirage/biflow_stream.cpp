// SPDX-License-Identifier: Apache-2.0
#include "biflow_stream.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "files/parquet_mark.hpp"
#include "morgana/error.hpp"

namespace morgana::mirage {
namespace {

bool is_space(char byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

std::string shown(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  return code >= 0x20 && code < 0x7f ? fmt::format("\"{}\"", byte) : fmt::format("byte 0x{:02x}", code);
}

}  // namespace

BiflowStream::BiflowStream(files::ByteSource& source, std::string name, std::size_t window_bytes)
    : source_(source), name_(std::move(name)), close_nesting_(fastest_close_nesting()) {
  grow(std::max<std::size_t>(window_bytes, 1));
}

void BiflowStream::fail(const std::string& what) const { throw Error("{}: byte {}: {}", name_, dropped_ + at_, what); }

/// Reads on, after making room: first by dropping what is no longer needed, then by growing.
bool BiflowStream::more() {
  if (keep_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + keep_, end_ - keep_);
    dropped_ += keep_;
    at_ -= keep_;
    end_ -= keep_;
    key_begin_ -= std::min(key_begin_, keep_);
    value_begin_ -= std::min(value_begin_, keep_);
    keep_ = 0;
  }
  if (end_ == capacity_) grow(capacity_ + capacity_ / 4 + 1);
  const auto count = source_.read(buffer_.get() + end_, capacity_ - end_);
  end_ += count;
  return count > 0;
}

void BiflowStream::grow(std::size_t capacity) {
  auto* memory = static_cast<char*>(std::realloc(buffer_.get(), capacity + kPadding));
  if (memory == nullptr) throw std::bad_alloc();
  buffer_.release();
  buffer_.reset(memory);
  std::memset(memory + capacity_, 0, capacity + kPadding - capacity_);
  capacity_ = capacity;
}

/// The next byte that is not white space, without taking it; 0 at the end of the file.
char BiflowStream::next_token() {
  for (;; ++at_) {
    if (at_ == end_ && !more()) return '\0';
    if (!is_space(buffer_[at_])) return buffer_[at_];
  }
}

bool BiflowStream::starts_as_parquet() {
  while (end_ - at_ < files::kParquetMark.size() && more()) {
  }
  return std::string_view(buffer_.get() + at_, end_ - at_).starts_with(files::kParquetMark);
}

bool BiflowStream::next() {
  if (place_ == Place::kEnd) return false;
  if (place_ == Place::kMember) value();
  keep_ = at_;
  char token = next_token();
  if (place_ == Place::kStart) {
    if (token == '\0' && at_ == end_) fail("the file is empty");
    if (token == 'P' && starts_as_parquet())
      throw Error("{} is a parquet file, not a JSON object of biflows", name_)
          .hint(
              "read it with read.parquet, or a teaching file of MIRAGE with read.mirage-video or read.mirage-appxact");
    if (token != '{') fail(fmt::format("not a JSON object of biflows: it starts with {}", shown(token)));
    ++at_;
    token = next_token();
  } else if (token == ',') {
    ++at_;
    token = next_token();
    if (token == '}') fail("a comma before the closing bracket");
  } else if (token != '}' && at_ != end_) {
    fail(fmt::format("expected a comma or the closing bracket after a biflow, found {}", shown(token)));
  }
  if (token == '}') {
    ++at_;
    place_ = Place::kEnd;
    keep_ = at_;
    token = next_token();
    if (at_ != end_) fail(fmt::format("{} after the end of the JSON object", shown(token)));
    return false;
  }
  place_ = Place::kMember;
  keep_ = at_;
  read_key();
  if (next_token() != ':')
    fail(at_ == end_ ? "the file ends after a biflow's name; it is truncated"
                     : "expected a colon after a biflow's name");
  ++at_;
  next_token();
  value_begin_ = at_;
  value_size_ = 0;
  return true;
}

void BiflowStream::read_key() {
  if (at_ == end_) fail("the file ends without the closing bracket; it is truncated");
  if (buffer_[at_] != '"') fail(fmt::format("expected a biflow's name in quotes, found {}", shown(buffer_[at_])));
  const std::size_t quote_before_keep = at_ - keep_;
  read_string();
  key_begin_ = keep_ + quote_before_keep + 1;
  key_size_ = at_ - 1 - key_begin_;
}

/// Goes past the string that starts at `at_`.
void BiflowStream::read_string() {
  ++at_;
  for (bool escaped = false;; ++at_) {
    if (at_ == end_ && !more()) fail("the file ends inside a string; it is truncated");
    const char byte = buffer_[at_];
    if (escaped) escaped = false;
    else if (byte == '\\') escaped = true;
    else if (byte == '"') break;
  }
  ++at_;
}

std::string_view BiflowStream::value() {
  if (place_ == Place::kMember) read_value();
  return {buffer_.get() + value_begin_, value_size_};
}

void BiflowStream::read_value() {
  const std::size_t from_keep = at_ - keep_;
  const char first = at_ == end_ ? '\0' : buffer_[at_];
  if (first == '{' || first == '[') {
    read_nested();
  } else if (first == '"') {
    read_string();
  } else {  // a number or a word: no biflow, but its end is known
    while ((at_ < end_ || more()) && buffer_[at_] != ',' && buffer_[at_] != '}') {
      if (buffer_[at_] == ']' || buffer_[at_] == '"' || buffer_[at_] == ':')
        fail(fmt::format("unexpected {}", shown(buffer_[at_])));
      ++at_;
    }
    if (at_ == end_) fail("the file ends inside a biflow; it is truncated");
  }
  value_begin_ = keep_ + from_keep;
  value_size_ = at_ - value_begin_;
  place_ = Place::kAfterMember;
}

void BiflowStream::read_nested() {
  for (Nesting nesting;;) {
    const char* found = close_nesting_(nesting, buffer_.get() + at_, buffer_.get() + end_);
    if (found != nullptr) {
      at_ = static_cast<std::size_t>(found - buffer_.get());
      return;
    }
    at_ = end_;
    if (!more()) fail(fmt::format("the file ends inside biflow \"{}\"; it is truncated", key()));
  }
}

}  // namespace morgana::mirage
