// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace morgana::report {

/// Text as HTML shows it: the five special characters escaped.
std::string escaped(std::string_view text);

/// A number as a reader wants it: four significant digits, no exponent between 1e-4 and 1e7, "–" for NaN.
std::string shown(double value);
/// Seconds as "12 s", "3 min 20 s", "2 h 5 min".
std::string shown_seconds(double seconds);
/// Bytes as "1.5 GiB".
std::string shown_bytes(double bytes);

/// A part of the page, in the order of the table of contents.
struct Section {
  std::string id, title, body;  ///< body is HTML
};

/// One HTML document that opens without a network: style, script and pictures are inside.
std::string page(const std::string& title, const std::string& lead, const std::vector<Section>& sections);

}  // namespace morgana::report
