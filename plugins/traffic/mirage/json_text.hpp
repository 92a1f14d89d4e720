// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// JSON values as Python's json.dump writes them by default, so that its own output and ours are the same bytes.
namespace morgana::mirage_format {

/// Characters that a value takes at most.
inline constexpr std::size_t kLongestDouble = 24, kLongestInteger = 20;

/// Write a value from `at` on, where there is room for the longest, and return its end.
char* put_double(char* at, double value) noexcept;
char* put_integer(char* at, std::uint64_t value) noexcept;

/// The shortest text that reads back as `value`, as Python's repr: "1e-05", "0.0001", "1e+16", "60.0"; also "NaN",
/// "Infinity" and "-Infinity".
void append_double(std::string& out, double value);

void append_integer(std::string& out, std::uint64_t value);

/// In quotes, all but printable ASCII escaped; bytes that are no UTF-8 become the replacement character.
void append_string(std::string& out, std::string_view text);

}  // namespace morgana::mirage_format
