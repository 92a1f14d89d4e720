// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace morgana::synthesis {

enum class FillerKind : std::uint8_t {
  kText,  ///< "morgana synthetic payload " over and over, each packet from its start
  kZero,
  kRandom,  ///< a piece of one random block of the seed, another for each packet
};

inline constexpr std::string_view kFillerText = "morgana synthetic payload ";

/// What stands in payloads, whose real bytes are never written; sums of any piece take no pass over its bytes.
class Filler {
 public:
  static constexpr std::size_t kMostBytes = 65536;  ///< no IP packet carries more

  Filler(FillerKind kind, std::uint64_t seed);

  struct Piece {
    const std::uint8_t* bytes;
    std::uint32_t sum;  ///< of its big-endian words, modulo 65535
  };
  /// The payload of the capture's packet number `packet`.
  Piece piece(std::uint64_t packet, std::uint32_t bytes) const;

 private:
  FillerKind kind_;
  std::uint64_t seed_;
  std::vector<std::uint8_t> block_;
  std::vector<std::uint16_t> sums_;  ///< of the first i words, modulo 65535
};

}  // namespace morgana::synthesis
