// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// JSON values as Python's json.dump writes them by default, so that its own output and ours are the same bytes.
namespace morgana::mirage_format {

/// The shortest text that reads back as `value`, as Python's repr: "1e-05", "0.0001", "1e+16", "60.0"; also "NaN",
/// "Infinity" and "-Infinity".
void append_double(std::string& out, double value);

void append_integer(std::string& out, std::uint64_t value);

/// In quotes, all but printable ASCII escaped; bytes that are no UTF-8 become the replacement character.
void append_string(std::string& out, std::string_view text);

}  // namespace morgana::mirage_format
