// SPDX-License-Identifier: Apache-2.0
// Compiled with -mavx2; called only where the processor has it.
#include <immintrin.h>

#include "gramian/gramian_loop.hpp"

namespace morgana::gramian {

void fill_row_avx2(float a, const float* x, float b, const float* y, std::size_t count, float* pixels) {
  fill_row_loop(a, x, b, y, count, pixels);
}

void stream_row_avx2(float a, const float* x, float b, const float* y, std::size_t count, float* pixels) {
  const __m128 first = _mm_set1_ps(a), second = _mm_set1_ps(b), low = _mm_set1_ps(-1.0f), high = _mm_set1_ps(1.0f);
  for (std::size_t j = 0; j < count; j += 4) {
    const __m128 value = _mm_sub_ps(_mm_mul_ps(first, _mm_loadu_ps(x + j)), _mm_mul_ps(second, _mm_loadu_ps(y + j)));
    _mm_stream_ps(pixels + j, _mm_min_ps(_mm_max_ps(value, low), high));
  }
}

void finish_streams_avx2() { _mm_sfence(); }

}  // namespace morgana::gramian
