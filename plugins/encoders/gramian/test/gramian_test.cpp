// SPDX-License-Identifier: Apache-2.0
#include "gramian/gramian.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "gramian/area_resize.hpp"
#include "gramian/gramian_loop.hpp"
#include "morgana/random.hpp"
#include "morgana/testing.hpp"
#include "test_environment.hpp"

namespace morgana::gramian {
namespace {

std::vector<float> field_of(Field field, const std::vector<float>& x, Store store = Store::kOrdinary) {
  std::vector<float> sine(x.size()), pixels(x.size() * x.size());
  sines(x, sine);
  fill_field(field, x, sine, pixels.data(), store);
  return pixels;
}

std::vector<float> random_series(std::size_t count, std::uint64_t seed, float low, float high) {
  std::vector<float> x(count);
  Random(seed, count).fill_uniform(x);
  for (float& value : x) value = low + (high - low) * value;
  return x;
}

// The check numbers of the metrics catalogue; pyts issue 154 shows the same.
const std::vector<float> kSeries{-1, -0.6f, -0.2f, 0.2f, 0.6f, 1};

TEST(Gramian, GasfOfSixNumbers) {
  const auto pixels = field_of(Field::kSummation, kSeries);
  const std::vector<double> rows{1, 0.6, 0.2, -0.2, -0.6, -1, 0.6, -0.28, -0.664, -0.904, -1, -0.6};
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_NEAR(pixels[i], rows[i], 5e-4) << i;
}

TEST(Gramian, GadfOfSixNumbers) {
  const auto pixels = field_of(Field::kDifference, kSeries);
  const std::vector<double> row{0, 0.8, 0.98, 0.98, 0.8, 0};
  for (std::size_t i = 0; i < row.size(); ++i) EXPECT_NEAR(pixels[i], row[i], 5e-3) << i;
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(pixels[i * 6 + i], 0.0f);
}

TEST(Gramian, IsTheCosineOfTheSumOfAngles) {
  for (const std::size_t count : {2u, 3u, 17u, 64u, 256u}) {
    const auto x = random_series(count, 1, -1, 1);
    const auto sum = field_of(Field::kSummation, x), difference = field_of(Field::kDifference, x);
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t j = 0; j < count; ++j) {
        const double a = std::acos(static_cast<double>(x[i])), b = std::acos(static_cast<double>(x[j]));
        ASSERT_NEAR(sum[i * count + j], std::cos(a + b), 4e-7);
        ASSERT_NEAR(difference[i * count + j], std::sin(a - b), 4e-7);
      }
  }
}

TEST(Gramian, StreamingStoresAndThePortableLoopGiveTheSameBytes) {
  for (const std::size_t count : {2u, 7u, 10u, 32u, 100u}) {
    const auto x = random_series(count, 2, 0, 1);
    for (const auto field : {Field::kSummation, Field::kDifference}) {
      const auto expected = field_of(field, x);
      EXPECT_EQ(field_of(field, x, Store::kStream), expected);
      std::vector<float> sine(count), portable(count * count);
      sines(x, sine);
      for (std::size_t i = 0; i < count; ++i) {
        const bool sum = field == Field::kSummation;
        fill_row_loop(sum ? x[i] : sine[i], x.data(), sum ? sine[i] : x[i], sine.data(), count, &portable[i * count]);
      }
      EXPECT_EQ(portable, expected);
    }
  }
}

TEST(Gramian, GammaIsUndone) {
  for (const double gamma : {0.25, 0.37, 0.5, 1.0}) {
    std::vector<float> pixels;
    for (int i = 0; i <= 1000; ++i) pixels.push_back(-1.0f + static_cast<float>(i) / 500.0f);
    const auto before = pixels;
    apply_gamma(pixels, gamma);
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      ASSERT_GE(pixels[i], -1.0f);
      ASSERT_LE(pixels[i], 1.0f);
      ASSERT_NEAR(undo_gamma(pixels[i], gamma), before[i], 1e-6);
    }
  }
}

// NetDiffus: v = u^0.25 of u = (G + 1) / 2.
TEST(Gramian, GammaIsNetDiffus) {
  std::vector<float> pixels{0.0f};
  apply_gamma(pixels, 0.25);
  EXPECT_NEAR((pixels[0] + 1) / 2, std::pow(0.5, 0.25), 1e-7);
}

TEST(AreaResize, IsTheMeanOfWhatANewPointCovers) {
  const AreaResize down(6, 4);
  std::vector<float> result(4);
  down.apply(std::vector<float>{1, 2, 3, 4, 5, 6}, result);
  const std::vector<double> expected{(1 + 0.5 * 2) / 1.5, (0.5 * 2 + 3) / 1.5, (4 + 0.5 * 5) / 1.5,
                                     (0.5 * 5 + 6) / 1.5};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(result[i], expected[i], 1e-6);
}

TEST(AreaResize, GoingUpIsUndone) {
  for (const auto& [from, to] : {std::pair{2, 3}, {10, 16}, {10, 32}, {63, 64}, {100, 256}, {255, 256}}) {
    const auto n = static_cast<std::size_t>(from), size = static_cast<std::size_t>(to);
    const AreaResize resize(n, size);
    // An image A G A' of a random G, one column of the identity at a time.
    std::vector<std::vector<double>> weights(n, std::vector<double>(size));
    for (std::size_t j = 0; j < n; ++j) {
      std::vector<float> unit(n, 0.0f), column(size);
      unit[j] = 1;
      resize.apply(unit, column);
      weights[j].assign(column.begin(), column.end());
    }
    std::vector<float> original(n * n);
    Random(3, n).fill_normal(original);
    std::vector<double> half(n * size, 0.0), image(size * size, 0.0);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        for (std::size_t b = 0; b < size; ++b) half[i * size + b] += original[i * n + j] * weights[j][b];
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t a = 0; a < size; ++a)
        for (std::size_t b = 0; b < size; ++b) image[a * size + b] += weights[i][a] * half[i * size + b];
    const auto again = resize.undo(image);
    for (std::size_t i = 0; i < n * n; ++i) ASSERT_NEAR(again[i], original[i], 1e-4) << from << " to " << to;
    EXPECT_GE(resize.amplification(), 1.0 - 1e-9);
  }
}

TEST(Gramian, AgreesWithPytsWithin1e6) {
  const auto python = testing::oracle_python().string();
  if (!std::filesystem::exists(python)) GTEST_SKIP() << "no Python at " << python << ": run scripts/setup";
  testing::TestContext context;
  const std::vector<std::size_t> counts{2, 10, 64, 256};
  // One run of Python for all: importing pyts takes seconds, compiling its kernels half a minute.
  std::string command =
      "NUMBA_DISABLE_JIT=1 " + python + " " MORGANA_SOURCE_DIR "/plugins/encoders/gramian/test/pyts_field.py";
  for (const auto count : counts) {
    const auto file = (context.root() / std::to_string(count)).string();
    const auto x = random_series(count, 4, -1, 1);
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(x.data()), static_cast<std::streamsize>(count * sizeof(float)));
    command += " " + file;
  }
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  for (const auto count : counts)
    for (const std::string method : {"summation", "difference"}) {
      std::vector<double> expected(count * count);
      std::ifstream file(context.root() / (std::to_string(count) + "." + method), std::ios::binary);
      file.read(reinterpret_cast<char*>(expected.data()),
                static_cast<std::streamsize>(expected.size() * sizeof(double)));
      ASSERT_TRUE(file);
      const auto pixels =
          field_of(method == "summation" ? Field::kSummation : Field::kDifference, random_series(count, 4, -1, 1));
      for (std::size_t i = 0; i < pixels.size(); ++i)
        ASSERT_NEAR(pixels[i], expected[i], 1e-6) << method << " " << count << ": " << i;
    }
}

}  // namespace
}  // namespace morgana::gramian
