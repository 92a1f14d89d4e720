// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "files/byte_source.hpp"

namespace morgana::testing {

/// Text that is handed out at most `step` bytes at a time.
class TextSource final : public files::ByteSource {
 public:
  explicit TextSource(std::string text, std::size_t step = 1 << 20) : text_(std::move(text)), step_(step) {}
  std::size_t read(char* into, std::size_t capacity) override {
    const auto count = text_.copy(into, std::min(step_, capacity), at_);
    at_ += count;
    return count;
  }

 private:
  std::string text_;
  std::size_t step_, at_ = 0;
};

inline std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace morgana::testing
