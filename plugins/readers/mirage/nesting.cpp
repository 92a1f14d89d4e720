// SPDX-License-Identifier: Apache-2.0
#include "nesting.hpp"

#include "nesting_loop.hpp"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace morgana::mirage {
namespace {

class PortableBlock {
 public:
  explicit PortableBlock(const char* bytes) : bytes_(bytes) {}
  static std::uint64_t prefix_parity(std::uint64_t bits) { return prefix_parity_by_shifts(bits); }
  bool plain() const { return false; }
  Marks marks() const {
    Marks marks{};
    for (int i = 0; i < 64; ++i) {
      const char byte = bytes_[i];
      const std::uint64_t bit = std::uint64_t{1} << i;
      if (byte == '"') marks.quote |= bit;
      else if (byte == '\\') marks.backslash |= bit;
      else if ((byte | 0x20) == '{') marks.open |= bit;  // '[' and '{' differ in this bit alone, so do ']' and '}'
      else if ((byte | 0x20) == '}') marks.close |= bit;
    }
    return marks;
  }

 private:
  const char* bytes_;
};

#if defined(__x86_64__)
class Sse2Block {
 public:
  explicit Sse2Block(const char* bytes) {
    for (int i = 0; i < 4; ++i) part_[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes) + i);
  }
  static std::uint64_t prefix_parity(std::uint64_t bits) { return prefix_parity_by_shifts(bits); }
  /// No quote, and nothing from '@' on: no bracket, no backslash, no letter.
  bool plain() const {
    __m128i found = _mm_setzero_si128();
    for (const auto part : part_)
      found = _mm_or_si128(
          found, _mm_or_si128(_mm_cmpgt_epi8(part, _mm_set1_epi8('@' - 1)), _mm_cmpeq_epi8(part, _mm_set1_epi8('"'))));
    return _mm_movemask_epi8(found) == 0;
  }
  Marks marks() const {
    Marks marks{};
    for (int i = 0; i < 4; ++i) {
      const __m128i folded = _mm_or_si128(part_[i], _mm_set1_epi8(0x20));
      marks.quote |= where(_mm_cmpeq_epi8(part_[i], _mm_set1_epi8('"')), i);
      marks.backslash |= where(_mm_cmpeq_epi8(part_[i], _mm_set1_epi8('\\')), i);
      marks.open |= where(_mm_cmpeq_epi8(folded, _mm_set1_epi8('{')), i);
      marks.close |= where(_mm_cmpeq_epi8(folded, _mm_set1_epi8('}')), i);
    }
    return marks;
  }

 private:
  static std::uint64_t where(__m128i equal, int part) {
    return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(equal))) << (16 * part);
  }
  __m128i part_[4];
};
#endif

}  // namespace

const char* close_nesting_portable(Nesting& nesting, const char* begin, const char* end) {
  return close_nesting_by<PortableBlock>(nesting, begin, end);
}

#if defined(__x86_64__)
const char* close_nesting_sse2(Nesting& nesting, const char* begin, const char* end) {
  return close_nesting_by<Sse2Block>(nesting, begin, end);
}

bool has_avx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("pclmul") &&
         __builtin_cpu_supports("popcnt");
}

CloseNesting fastest_close_nesting() { return has_avx2() ? close_nesting_avx2 : close_nesting_sse2; }
#else
bool has_avx2() { return false; }

CloseNesting fastest_close_nesting() { return close_nesting_portable; }
#endif

}  // namespace morgana::mirage
