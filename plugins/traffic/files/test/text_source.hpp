// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstring>
#include <string>

#include "files/byte_source.hpp"

namespace morgana::testing {

/// Text that is handed out at most so many bytes at a time.
class TextSource final : public files::ByteSource {
 public:
  explicit TextSource(std::string text, std::size_t at_a_time = 1 << 20)
      : text_(std::move(text)), at_a_time_(at_a_time) {}
  std::size_t read(char* into, std::size_t capacity) override {
    const auto count = std::min({capacity, at_a_time_, text_.size() - place_});
    std::memcpy(into, text_.data() + place_, count);
    place_ += count;
    return count;
  }

 private:
  std::string text_;
  std::size_t at_a_time_, place_ = 0;
};

}  // namespace morgana::testing
