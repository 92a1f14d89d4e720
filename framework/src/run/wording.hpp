// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace morgana::host {

/// Numbers and lines as people read them; counts are the SDK's `count_text`.
std::string duration_text(double seconds);    ///< "0.4 s", "12 s", "3 min 05 s", "2 h 10 min"
std::string bytes_text(std::uint64_t bytes);  ///< "512 B", "3.4 MB"; powers of ten

/// The inverse of `bytes_text`, as a user types it: "500M", "4GB", "1.5 GiB"; nothing where it is not a size.
std::optional<std::uint64_t> parse_bytes(std::string_view text);
/// "30s", "10min", "12h", "7d", "2w" in seconds; nothing where it is not a time.
std::optional<std::int64_t> parse_duration(std::string_view text);

/// The first `columns` characters of UTF-8 text, without breaking one.
std::string shortened(std::string_view text, std::size_t columns);
/// Characters of UTF-8 text.
std::size_t columns_of(std::string_view text);
/// The text with spaces behind it, at least `columns` wide.
std::string padded(std::string_view text, std::size_t columns);

}  // namespace morgana::host
