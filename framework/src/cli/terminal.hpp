// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "run/terminal.hpp"

namespace morgana::host {

enum class Ink { kRed, kYellow, kGreen, kBlue, kBold, kSoft };
/// The text in that colour where `stream` shows colours, or else as it is.
std::string inked(std::FILE* stream, Ink ink, std::string_view text);

/// `place: error: text` and `  hint: hint` on stderr.
void print_error(std::string_view place, std::string_view text, std::string_view hint);
void print_warning(std::string_view text);

/// A result, to stdout; throws `Error` where it cannot be written.
void print(std::string_view text);
/// Says why stdout took no more; nothing where its reader has gone, as in `morgana list | head`: it has what it wanted.
void throw_unwritten();

/// `text` broken into lines of at most `width` columns, each behind `indent` spaces; empty lines stay.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width = 80);

}  // namespace morgana::host
