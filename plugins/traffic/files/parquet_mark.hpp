// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace morgana::files {

/// A parquet file begins and ends with it: how one is known without Arrow.
inline constexpr std::string_view kParquetMark = "PAR1";

/// Whether the mark stands next in `in`.
inline bool reads_parquet_mark(std::istream& in) {
  std::string bytes(kParquetMark.size(), '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return bytes == kParquetMark;
}

inline bool begins_as_parquet(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return reads_parquet_mark(in);
}

}  // namespace morgana::files
