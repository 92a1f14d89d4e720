// SPDX-License-Identifier: Apache-2.0
#include "gramian/gramian.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "gramian/gramian_loop.hpp"

namespace morgana::gramian {

#if defined(__x86_64__)
void fill_row_avx2(float a, const float* x, float b, const float* y, std::size_t count, float* pixels);
void stream_row_avx2(float a, const float* x, float b, const float* y, std::size_t count, float* pixels);
void finish_streams_avx2();
#endif

namespace {

bool has_avx2() {
#if defined(__x86_64__)
  static const bool has = __builtin_cpu_supports("avx2");
  return has;
#else
  return false;
#endif
}

FillRow row_filler(Store store, std::size_t count, const float* pixels) {
#if defined(__x86_64__)
  if (has_avx2()) {
    // A streaming store takes 16 aligned bytes.
    const bool aligned = count % 4 == 0 && reinterpret_cast<std::uintptr_t>(pixels) % 16 == 0;
    return store == Store::kStream && aligned ? &stream_row_avx2 : &fill_row_avx2;
  }
#endif
  static_cast<void>(store), static_cast<void>(count), static_cast<void>(pixels);
  return [](float a, const float* x, float b, const float* y, std::size_t n, float* out) {
    fill_row_loop(a, x, b, y, n, out);
  };
}

}  // namespace

void sines(std::span<const float> x, std::span<float> sine) {
  for (std::size_t i = 0; i < x.size(); ++i) sine[i] = std::sqrt((1.0f - x[i]) * (1.0f + x[i]));
}

void fill_field(Field field, std::span<const float> x, std::span<const float> sine, float* pixels, Store store) {
  const std::size_t count = x.size();
  const auto fill = row_filler(store, count, pixels);
  for (std::size_t i = 0; i < count; ++i) {
    if (field == Field::kSummation) fill(x[i], x.data(), sine[i], sine.data(), count, pixels + i * count);
    else fill(sine[i], x.data(), x[i], sine.data(), count, pixels + i * count);
  }
#if defined(__x86_64__)
  if (store == Store::kStream && has_avx2()) finish_streams_avx2();
#endif
}

void apply_gamma(std::span<float> pixels, double gamma) {
  const auto exponent = static_cast<float>(gamma);
  if (exponent == 1.0f) return;
  for (float& pixel : pixels) {
    const float share = std::max(0.0f, (pixel + 1.0f) / 2.0f);
    float raised;
    if (exponent == 0.25f) raised = std::sqrt(std::sqrt(share));  // NetDiffus's, ten times faster than pow
    else if (exponent == 0.5f) raised = std::sqrt(share);
    else raised = std::pow(share, exponent);
    pixel = std::min(1.0f, 2.0f * raised - 1.0f);
  }
}

double undo_gamma(double pixel, double gamma) {
  const double value = std::clamp(pixel, -1.0, 1.0);
  if (gamma == 1.0) return value;
  const double share = (value + 1.0) / 2.0;
  const double square = share * share;
  if (gamma == 0.25) return 2.0 * square * square - 1.0;
  if (gamma == 0.5) return 2.0 * square - 1.0;
  return 2.0 * std::pow(share, 1.0 / gamma) - 1.0;
}

}  // namespace morgana::gramian
