// SPDX-License-Identifier: Apache-2.0
#include "synthesis/filler.hpp"

#include "morgana/random.hpp"

namespace morgana::synthesis {
namespace {

/// How far into the random block a payload may begin; even, so that words stay words.
constexpr std::size_t kStarts = 32768;

}  // namespace

Filler::Filler(FillerKind kind, std::uint64_t seed) : kind_(kind), seed_(mix_seed(seed, 0x66696c6c)) {
  block_.resize(kMostBytes + (kind == FillerKind::kRandom ? 2 * kStarts : 0));
  const Random random(seed_, 0);
  if (kind == FillerKind::kText)
    for (std::size_t i = 0; i < block_.size(); ++i)
      block_[i] = static_cast<std::uint8_t>(kFillerText[i % kFillerText.size()]);
  if (kind == FillerKind::kRandom)
    for (std::size_t i = 0; i < block_.size(); ++i) block_[i] = static_cast<std::uint8_t>(random.bits(i));
  sums_.resize(block_.size() / 2 + 1);
  for (std::size_t i = 0; i + 1 < sums_.size(); ++i)
    sums_[i + 1] = static_cast<std::uint16_t>((sums_[i] + (block_[2 * i] << 8 | block_[2 * i + 1])) % 65535);
}

Filler::Piece Filler::piece(std::uint64_t packet, std::uint32_t bytes) const {
  const std::size_t first_word = kind_ == FillerKind::kRandom ? mix_seed(seed_, packet) % kStarts : 0;
  const auto* start = block_.data() + 2 * first_word;
  std::uint32_t sum = 65535u + sums_[first_word + bytes / 2] - sums_[first_word];
  if (bytes % 2 != 0) sum += static_cast<std::uint32_t>(start[bytes - 1] << 8);
  return {start, sum};
}

}  // namespace morgana::synthesis
