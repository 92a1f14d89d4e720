// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "files/byte_source.hpp"
#include "nesting.hpp"

namespace morgana::mirage {

/// Cuts a capture file, one JSON object whose members are biflows, into those members.
///
/// Holds a window of the file, which grows to at most 5/4 of the largest member, so a file may be of any size. Only
/// brackets and strings are looked at; the content of a member is read by `BiflowParser`.
class BiflowStream {
 public:
  /// Small enough for the second-level cache, large enough that few biflows are cut by its end.
  static constexpr std::size_t kWindowBytes = 256 * 1024;

  /// `name` is the file's name in messages.
  BiflowStream(files::ByteSource& source, std::string name, std::size_t window_bytes = kWindowBytes);

  /// Goes to the next member; false at the end of the object. Throws `Error` with file and byte where the file is not
  /// an object of members or ends too early.
  bool next();

  /// The member's name as it stands in the file, escapes and all; valid until `next`.
  std::string_view key() const noexcept { return {buffer_.get() + key_begin_, key_size_}; }
  /// What the window holds from the start of the member's value on; the value may end later or earlier. `kPadding`
  /// bytes after it may be read.
  std::string_view ahead() const noexcept { return {buffer_.get() + value_begin_, end_ - value_begin_}; }
  /// Says that the value takes the first `size` bytes of `ahead`.
  void take(std::size_t size) noexcept {
    value_size_ = size;
    at_ = value_begin_ + size;
    place_ = Place::kAfterMember;
  }
  /// The whole value, found by its brackets and read into the window; an object, where the file is as released.
  std::string_view value();
  /// Where the value starts, in bytes from the start of the file.
  std::uint64_t value_offset() const noexcept { return dropped_ + value_begin_; }
  /// Memory held for the window.
  std::size_t window_bytes() const noexcept { return capacity_; }

 private:
  [[noreturn]] void fail(const std::string& what) const;
  bool more();
  void grow(std::size_t capacity);
  char next_token();
  bool starts_as_parquet();
  void read_key();
  void read_value();
  void read_nested();
  void read_string();

  files::ByteSource& source_;
  std::string name_;
  CloseNesting close_nesting_;
  struct Free {
    void operator()(char* memory) const { std::free(memory); }
  };
  std::unique_ptr<char[], Free> buffer_;  ///< window and padding; by realloc, which moves pages rather than bytes
  std::size_t capacity_ = 0;
  std::size_t keep_ = 0;          ///< bytes before it are no longer needed
  std::size_t at_ = 0, end_ = 0;  ///< next byte to look at; end of what was read
  std::uint64_t dropped_ = 0;     ///< bytes of the file before the window
  std::size_t key_begin_ = 0, key_size_ = 0, value_begin_ = 0, value_size_ = 0;
  enum class Place { kStart, kMember, kAfterMember, kEnd } place_ = Place::kStart;
};

}  // namespace morgana::mirage
