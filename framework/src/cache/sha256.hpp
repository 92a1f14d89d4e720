// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace morgana::host {

/// SHA-256 (FIPS 180-4) of what is added, piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(const void* data, std::size_t size);
  void add(std::string_view text) { add(text.data(), text.size()); }
  /// The text with its length in front, so that "ab","c" and "a","bc" differ.
  void add_field(std::string_view text);

  /// The digest as 64 lower-case hexadecimal digits; the object is as new afterwards.
  std::string hexadecimal();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_of(std::string_view text);

/// Digest of a file's bytes; throws `Error` with the file's name where it cannot be read.
std::string sha256_of_file(const std::filesystem::path& file);

}  // namespace morgana::host
