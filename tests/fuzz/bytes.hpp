// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "files/byte_source.hpp"

/// What the fuzz targets share: an input as a source of bytes, or as a file.
namespace morgana::fuzz {

class Bytes final : public files::ByteSource {
 public:
  explicit Bytes(std::string_view left) : left_(left) {}
  std::size_t read(char* into, std::size_t capacity) override {
    const auto count = left_.copy(into, capacity);
    left_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view left_;
};

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// A file with the input in it, one for the whole process.
inline const std::filesystem::path& file_of(std::string_view content) {
  static const auto file =
      std::filesystem::temp_directory_path() / ("morgana-fuzz-" + std::to_string(::getpid()) + ".input");
  static const bool registered = std::atexit([] { std::filesystem::remove(file); }) == 0;
  (void)registered;
  auto* out = std::fopen(file.c_str(), "wb");
  if (out == nullptr || std::fwrite(content.data(), 1, content.size(), out) != content.size()) std::abort();
  std::fclose(out);
  return file;
}

}  // namespace morgana::fuzz
