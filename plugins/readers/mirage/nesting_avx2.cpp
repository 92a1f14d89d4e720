// SPDX-License-Identifier: Apache-2.0
// Compiled with -mavx2 -mbmi -mpclmul -mpopcnt; called only where `has_avx2`.
#include <immintrin.h>

#include "nesting_loop.hpp"

namespace morgana::mirage {
namespace {

class Avx2Block {
 public:
  explicit Avx2Block(const char* bytes)
      : low_(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes))),
        high_(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes) + 1)) {}
  /// Carry-less multiplication by all ones adds, without carries, every lower bit to each.
  static std::uint64_t prefix_parity(std::uint64_t bits) {
    const __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(bits)), _mm_set1_epi8(-1), 0);
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
  }
  /// No quote, and nothing from '@' on: no bracket, no backslash, no letter.
  bool plain() const {
    const __m256i from_at = _mm256_set1_epi8('@' - 1), quote = _mm256_set1_epi8('"');
    const __m256i low = _mm256_or_si256(_mm256_cmpgt_epi8(low_, from_at), _mm256_cmpeq_epi8(low_, quote));
    const __m256i high = _mm256_or_si256(_mm256_cmpgt_epi8(high_, from_at), _mm256_cmpeq_epi8(high_, quote));
    return _mm256_movemask_epi8(_mm256_or_si256(low, high)) == 0;
  }
  Marks marks() const {
    const __m256i fold = _mm256_set1_epi8(0x20);
    const __m256i low = _mm256_or_si256(low_, fold), high = _mm256_or_si256(high_, fold);
    return {where(low_, high_, '"'), where(low_, high_, '\\'), where(low, high, '{'), where(low, high, '}')};
  }

 private:
  static std::uint64_t where(__m256i low, __m256i high, char byte) {
    const __m256i wanted = _mm256_set1_epi8(byte);
    const auto bits = [&](__m256i part) {
      return std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(part, wanted)))};
    };
    return bits(low) | bits(high) << 32;
  }
  __m256i low_, high_;
};

}  // namespace

const char* close_nesting_avx2(Nesting& nesting, const char* begin, const char* end) {
  return close_nesting_by<Avx2Block>(nesting, begin, end);
}

}  // namespace morgana::mirage
