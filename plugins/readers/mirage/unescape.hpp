// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace morgana::mirage {

/// What a JSON string between its quotes stands for. Throws `Damage`.
std::string unescape(std::string_view string);

}  // namespace morgana::mirage
