// SPDX-License-Identifier: Apache-2.0
// Rates of GASF and GADF kernels. Reads lines "KERNEL POINTS IMAGES SECONDS" and answers each with images a second.
#include <fmt/format.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <vector>

#include "gramian/gramian.hpp"
#include "morgana/random.hpp"

namespace {

using namespace morgana::gramian;

struct Batch {
  std::size_t points, images;
  std::vector<float> x, sine;
  std::unique_ptr<void, decltype(&std::free)> memory{nullptr, &std::free};

  Batch(std::size_t n, std::size_t count) : points(n), images(count), x(n * count), sine(n * count) {
    morgana::Random(1, n).fill_uniform(x);
    sines(x, sine);
    memory.reset(std::aligned_alloc(64, n * n * count * sizeof(double) + 64));
    std::fill_n(static_cast<char*>(memory.get()), n * n * count * sizeof(double), 0);  // the pages, before the clock
  }
  float* floats() const { return static_cast<float*>(memory.get()); }
  double* doubles() const { return static_cast<double*>(memory.get()); }

  void field(Field kind, Store store) {
    for (std::size_t i = 0; i < images; ++i)
      fill_field(kind, {x.data() + i * points, points}, {sine.data() + i * points, points},
                 floats() + i * points * points, store);
  }
  // The ceiling: the same bytes, written past the cache and never computed.
  void fill() {
#if defined(__x86_64__)
    const __m128 one = _mm_set1_ps(1.0f);
    float* out = floats();
    for (std::size_t i = 0; i < points * points * images / 4 * 4; i += 4) _mm_stream_ps(out + i, one);
    _mm_sfence();
#endif
  }
  // The form of pyts in C++: doubles, two outer products, a difference.
  void three_passes() {
    std::vector<double> first(points * points), second(points * points);
    for (std::size_t i = 0; i < images; ++i) {
      const float *c = x.data() + i * points, *s = sine.data() + i * points;
      double* out = doubles() + i * points * points;
      for (std::size_t a = 0; a < points; ++a)
        for (std::size_t b = 0; b < points; ++b) first[a * points + b] = static_cast<double>(c[a]) * c[b];
      for (std::size_t a = 0; a < points; ++a)
        for (std::size_t b = 0; b < points; ++b) second[a * points + b] = static_cast<double>(s[a]) * s[b];
      for (std::size_t p = 0; p < points * points; ++p) out[p] = first[p] - second[p];
    }
  }
};

double rate(const std::function<void()>& work, double seconds, std::size_t images) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  std::size_t rounds = 0;
  double passed = 0;
  do {
    work();
    ++rounds;
    passed = std::chrono::duration<double>(Clock::now() - start).count();
  } while (passed < seconds);
  return static_cast<double>(rounds * images) / passed;
}

}  // namespace

int main() {
  std::string kernel;
  std::size_t points = 0, images = 0;
  double seconds = 0;
  std::unique_ptr<Batch> batch;
  while (std::cin >> kernel >> points >> images >> seconds) {
    if (!batch || batch->points != points || batch->images != images) batch = std::make_unique<Batch>(points, images);
    std::function<void()> work;
    if (kernel == "gasf") work = [&] { batch->field(Field::kSummation, Store::kOrdinary); };
    else if (kernel == "gasf-stream") work = [&] { batch->field(Field::kSummation, Store::kStream); };
    else if (kernel == "gadf") work = [&] { batch->field(Field::kDifference, Store::kOrdinary); };
    else if (kernel == "gadf-stream") work = [&] { batch->field(Field::kDifference, Store::kStream); };
    else if (kernel == "fill") work = [&] { batch->fill(); };
    else if (kernel == "three-passes") work = [&] { batch->three_passes(); };
    else return 2;
    fmt::print("{}\n", rate(work, seconds, images));
    std::fflush(stdout);
  }
}
