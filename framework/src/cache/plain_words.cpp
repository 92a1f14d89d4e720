// SPDX-License-Identifier: Apache-2.0
#include "cache/plain_words.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <new>
#include <nlohmann/json.hpp>

namespace morgana::host {
namespace {

using nlohmann::json;

/// Without "[json.exception.type_error.302] ".
std::string without_tag(const std::string& text) {
  const auto end = text.find("] ");
  return text.rfind("[json.", 0) == 0 && end != std::string::npos ? text.substr(end + 2) : text;
}

/// "parse error at line 1, column 24: syntax error while ... - unexpected end of input; expected ...".
std::string words_of(const json::parse_error& error) {
  const std::string text = without_tag(error.what());
  if (error.byte <= 1 && text.find("unexpected end of input") != std::string::npos) return "it is empty";
  const auto begin = text.find("line "), end = text.find(':');
  const auto place = begin < end && end != std::string::npos ? text.substr(begin, end - begin) : "";
  const auto what = text.find("unexpected end of input") != std::string::npos ? "it breaks off" : "it is no JSON";
  return place.empty() ? what : fmt::format("{} at {}", what, place);
}

}  // namespace

std::string plain_words(const std::exception& exception) {
  if (const auto* parse = dynamic_cast<const json::parse_error*>(&exception)) return words_of(*parse);
  if (const auto* other = dynamic_cast<const json::exception*>(&exception))
    return fmt::format("its contents are not as expected: {}", without_tag(other->what()));
  if (const auto* file = dynamic_cast<const std::filesystem::filesystem_error*>(&exception)) {
    std::string place = file->path1().string();
    if (!file->path2().empty()) place += " or " + file->path2().string();
    return place.empty() ? file->code().message() : fmt::format("{}: {}", place, file->code().message());
  }
  if (dynamic_cast<const std::bad_alloc*>(&exception) != nullptr) return "there is not enough memory";
  return exception.what();
}

}  // namespace morgana::host
