// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace morgana::gramian {

/// pixels[j] = clamp(a x[j] - b y[j]); compiled once portably and once for AVX2.
using FillRow = void (*)(float a, const float* x, float b, const float* y, std::size_t count, float* pixels);

namespace {

// Written so that the compiler turns both bounds into one instruction each.
inline float clamped(float value) {
  value = value < -1.0f ? -1.0f : value;
  return value > 1.0f ? 1.0f : value;
}

inline void fill_row_loop(float a, const float* __restrict x, float b, const float* __restrict y, std::size_t count,
                          float* __restrict pixels) {
  for (std::size_t j = 0; j < count; ++j) pixels[j] = clamped(a * x[j] - b * y[j]);
}

}  // namespace
}  // namespace morgana::gramian
