// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace morgana::mirage {

/// TCP flags as the files write them, letters such as "SA", as the sum of `kStandardChannels`; none where a letter is
/// unknown. N, the nonce sum of RFC 3540, has no place in that sum and adds nothing.
constexpr std::optional<int> tcp_flags(std::string_view letters) {
  constexpr std::string_view kLetters = "FSRPAUEC";
  int sum = 0;
  for (const char letter : letters) {
    const auto place = kLetters.find(letter);
    if (place == kLetters.npos && letter != 'N') return std::nullopt;
    if (letter != 'N') sum |= 1 << place;
  }
  return sum;
}

}  // namespace morgana::mirage
