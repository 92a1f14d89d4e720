// SPDX-License-Identifier: Apache-2.0
#include "cache/json_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "cache/plain_words.hpp"
#include "morgana/error.hpp"

namespace morgana::host {
namespace {

std::string text_in(const std::filesystem::path& file) {
  std::error_code unknown;
  if (std::filesystem::is_directory(file, unknown)) throw Error("it is a folder");
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  try {
    if (stream.is_open()) return {std::istreambuf_iterator<char>(stream), {}};
  } catch (const std::ios_base::failure&) {  // the buffer throws, whatever the stream's mask says
  }
  throw Error(std::string(std::strerror(errno)));
}

}  // namespace

nlohmann::json json_in(const std::filesystem::path& file) {
  const auto text = text_in(file);
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& exception) {
    throw Error(plain_words(exception));
  }
}

nlohmann::json read_json(const std::filesystem::path& file) {
  try {
    return json_in(file);
  } catch (const Error& error) {
    throw Error("cannot read {}: {}", file.string(), error.what());
  }
}

}  // namespace morgana::host
