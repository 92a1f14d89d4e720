// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "morgana/version.hpp"

namespace morgana {

/// Well-formed UTF-8 without surrogates (RFC 3629): what may become a name in traces.
MORGANA_API bool is_utf8(std::string_view text);

/// Whether a byte of UTF-8 is a character's first: the bytes that count as columns.
constexpr bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

}  // namespace morgana
