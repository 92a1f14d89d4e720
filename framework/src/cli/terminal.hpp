// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace morgana::host {

/// True where colours may be written: a terminal, and neither NO_COLOR nor TERM=dumb is set.
bool shows_colours(std::FILE* stream);

/// Columns of the terminal on stderr; 80 where there is none.
int terminal_width();

enum class Ink { kRed, kYellow, kGreen, kBlue, kBold, kSoft };
/// The text in that colour where `stream` shows colours, or else as it is.
std::string inked(std::FILE* stream, Ink ink, std::string_view text);

/// `place: error: text` and `  hint: hint` on stderr.
void print_error(std::string_view place, std::string_view text, std::string_view hint);
void print_warning(std::string_view text);

/// A result, to stdout.
void print(std::string_view text);

/// `text` broken into lines of at most `width` columns, each behind `indent` spaces; empty lines stay.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width = 80);

}  // namespace morgana::host
