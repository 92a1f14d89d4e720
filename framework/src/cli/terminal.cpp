// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "morgana/error.hpp"

namespace morgana::host {
namespace {

const char* code_of(Ink ink) {
  switch (ink) {
    case Ink::kRed:
      return "\033[1;31m";
    case Ink::kYellow:
      return "\033[1;33m";
    case Ink::kGreen:
      return "\033[32m";
    case Ink::kBlue:
      return "\033[34m";
    case Ink::kBold:
      return "\033[1m";
    case Ink::kSoft:
      return "\033[2m";
  }
  return "";
}

}  // namespace

std::string inked(std::FILE* stream, Ink ink, std::string_view text) {
  if (!shows_colours(stream)) return std::string(text);
  return std::string(code_of(ink)) + std::string(text) + "\033[0m";
}

void print_error(std::string_view place, std::string_view text, std::string_view hint) {
  std::string message(place);
  message += ": " + inked(stderr, Ink::kRed, "error") + ": " + std::string(text) + "\n";
  if (!hint.empty()) message += "  " + inked(stderr, Ink::kBlue, "hint") + ": " + std::string(hint) + "\n";
  std::fwrite(message.data(), 1, message.size(), stderr);
}

void print_warning(std::string_view text) {
  const std::string message = "morgana: " + inked(stderr, Ink::kYellow, "warning") + ": " + std::string(text) + "\n";
  std::fwrite(message.data(), 1, message.size(), stderr);
}

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) < text.size()) throw_unwritten();
}

void throw_unwritten() {
  if (errno != EPIPE) throw Error("cannot write the result to stdout: {}", std::strerror(errno));
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string result;
  const std::string margin(indent, ' ');
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty()) result += '\n';
    while (!line.empty()) {
      std::size_t length = line.size();
      if (length > width - indent) {
        length = line.rfind(' ', width - indent);
        if (length == std::string_view::npos || length == 0) length = std::min(line.find(' '), line.size());
      }
      result += margin + std::string(line.substr(0, length)) + "\n";
      line.remove_prefix(std::min(length + 1, line.size()));
    }
  }
  return result;
}

}  // namespace morgana::host
