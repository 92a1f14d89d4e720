// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace morgana::csv {

/// A text as a cell of a CSV file (RFC 4180): in quotes where a comma, a quote or a line's end would be misread.
inline std::string cell_of(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  std::string cell = "\"";
  for (const char letter : text) cell.append(letter == '"' ? 2 : 1, letter);
  return cell + '"';
}

}  // namespace morgana::csv
