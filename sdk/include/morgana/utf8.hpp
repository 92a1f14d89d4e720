// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "morgana/version.hpp"

namespace morgana {

/// Well-formed UTF-8 without surrogates (RFC 3629): what may become a name in traces.
MORGANA_API bool is_utf8(std::string_view text);

}  // namespace morgana
