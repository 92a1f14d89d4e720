// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>

namespace morgana {

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a counter becomes four
/// random words. Checked against the paper's known answers.
constexpr std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t product1 = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(product0)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

/// Random numbers that are a function of (seed, sample, step, element) alone.
///
/// A sample's numbers are therefore the same whatever the batch size, the thread count or the device. The seed is
/// a stage's `Seed`, which already holds the run's seed and the node's name.
///
///     Random noise(*seed, sample, step);
///     noise.fill_normal(pixels);
class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t sample, std::uint32_t step = 0)
      : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}, sample_(sample), step_(step) {}

  /// The 32 random bits of one element; elements are numbered below 2^34.
  std::uint32_t bits(std::uint64_t element) const { return block(element / 4)[element % 4]; }

  /// Uniform in [0, 1), 24 bits.
  float uniform(std::uint64_t element) const { return to_unit(bits(element)); }

  /// Uniform integer in [0, limit), without noticeable bias for limits far below 2^32.
  std::uint32_t below(std::uint64_t element, std::uint32_t limit) const {
    return static_cast<std::uint32_t>((std::uint64_t{bits(element)} * limit) >> 32);
  }

  /// Standard normal (Box and Muller 1958).
  float normal(std::uint64_t element) const {
    const auto words = block(element / 4);
    const auto pair = (element % 4) / 2 * 2;
    const auto values = box_muller(words[pair], words[pair + 1]);
    return values[element % 2];
  }

  /// Elements 0, 1, ... of this sample and step.
  void fill_normal(std::span<float> values) const {
    for (std::size_t start = 0; start < values.size(); start += 4) {
      const auto words = block(start / 4);
      const auto first = box_muller(words[0], words[1]);
      const auto second = box_muller(words[2], words[3]);
      const std::array<float, 4> four{first[0], first[1], second[0], second[1]};
      for (std::size_t i = 0; i < 4 && start + i < values.size(); ++i) values[start + i] = four[i];
    }
  }
  void fill_uniform(std::span<float> values) const {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = uniform(i);
  }

  /// Fisher-Yates shuffle of a range with operator[] and size().
  template <typename Range>
  void shuffle(Range& range) const {
    for (std::size_t i = range.size(); i > 1; --i) {
      const auto j = below(i, static_cast<std::uint32_t>(i));
      std::swap(range[i - 1], range[j]);
    }
  }

 private:
  std::array<std::uint32_t, 4> block(std::uint64_t index) const {
    return philox({static_cast<std::uint32_t>(index), step_, static_cast<std::uint32_t>(sample_),
                   static_cast<std::uint32_t>(sample_ >> 32)},
                  key_);
  }
  static float to_unit(std::uint32_t word) { return static_cast<float>(word >> 8) * 0x1p-24f; }
  static std::array<float, 2> box_muller(std::uint32_t first, std::uint32_t second) {
    // (word + 1/2) / 2^32 lies strictly inside (0, 1), so the logarithm is finite.
    const float radius = std::sqrt(-2.0f * std::log((static_cast<float>(first) + 0.5f) * 0x1p-32f));
    const float angle = 2.0f * std::numbers::pi_v<float> * to_unit(second);
    return {radius * std::cos(angle), radius * std::sin(angle)};
  }

  std::array<std::uint32_t, 2> key_;
  std::uint64_t sample_;
  std::uint32_t step_;
};

/// Mixes a seed with a number into a new seed (the finaliser of SplitMix64, Steele et al. 2014).
constexpr std::uint64_t mix_seed(std::uint64_t seed, std::uint64_t number) {
  std::uint64_t z = seed + 0x9E3779B97F4A7C15ull * (number + 1);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

}  // namespace morgana
