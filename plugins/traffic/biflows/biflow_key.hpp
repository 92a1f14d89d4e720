// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "packets/dissect.hpp"

namespace morgana::biflows {

/// A 5-tuple, both of its directions alike: address and port of the lower end, then of the other, and the protocol;
/// five words, which compare and hash without a branch: which end sent a packet nobody can foretell.
struct BiflowKey {
  std::array<std::uint64_t, 5> words{};

  bool operator==(const BiflowKey& other) const noexcept {
    std::uint64_t difference = 0;
    for (std::size_t i = 0; i < words.size(); ++i) difference |= words[i] ^ other.words[i];
    return difference == 0;
  }
  std::uint64_t hash() const noexcept { return mixed(mixed(words[1], words[3]) ^ words[4], mixed(words[0], words[2])); }
  packets::End low() const noexcept { return end_of(words[0], words[1], words[4] >> 48); }
  packets::End high() const noexcept { return end_of(words[2], words[3], words[4] >> 32); }
  std::uint8_t protocol() const noexcept { return static_cast<std::uint8_t>(words[4]); }

 private:
  /// Multiplies and folds (the mixing step of wyhash).
  static std::uint64_t mixed(std::uint64_t a, std::uint64_t b) noexcept {
    const auto product = static_cast<unsigned __int128>(a ^ 0xa0761d6478bd642f) * (b ^ 0xe7037ed1a0b428db);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }
  static packets::End end_of(std::uint64_t first, std::uint64_t second, std::uint64_t port) noexcept {
    packets::End end;
    std::memcpy(end.address.bytes.data(), &first, 8);
    std::memcpy(end.address.bytes.data() + 8, &second, 8);
    end.port = static_cast<std::uint16_t>(port);
    return end;
  }
};

struct Sent {
  BiflowKey key;
  bool from_low;  ///< the lower end sent it
};

/// Whose packet it is.
inline Sent sent_by(const packets::Segment& segment) noexcept {
  std::array<std::uint64_t, 2> source, target;
  std::memcpy(source.data(), segment.source.address.bytes.data(), 16);
  std::memcpy(target.data(), segment.target.address.bytes.data(), 16);
  using Wide = unsigned __int128;
  const Wide from = Wide{source[0]} << 64 | source[1], to = Wide{target[0]} << 64 | target[1];
  const std::uint64_t from_port = segment.source.port, to_port = segment.target.port;
  const bool from_low = (from < to) | ((from == to) & (from_port <= to_port));
  const auto turn = std::uint64_t{from_low} - 1;  // all ones: the source is the higher end
  const auto first = (source[0] ^ target[0]) & turn, second = (source[1] ^ target[1]) & turn,
             port = (from_port ^ to_port) & turn;
  return {{{source[0] ^ first, source[1] ^ second, target[0] ^ first, target[1] ^ second,
            (from_port ^ port) << 48 | (to_port ^ port) << 32 | segment.protocol}},
          from_low};
}

}  // namespace morgana::biflows
