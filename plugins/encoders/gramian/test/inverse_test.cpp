// SPDX-License-Identifier: Apache-2.0
#include "gramian/inverse.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "morgana/random.hpp"

namespace morgana::gramian {
namespace {

constexpr std::size_t kPackets = 64;
constexpr std::size_t kTrials = 200;

struct Errors {
  double diagonal = 0, whole_image = 0;
};

// Root mean square error of both inverses over random series in [0, 1], N = 64, as in the goal.
Errors errors_under(const std::function<double(double pixel, std::uint64_t trial, std::size_t index)>& corrupt) {
  Errors sums;
  for (std::uint64_t trial = 0; trial < kTrials; ++trial) {
    std::vector<float> x(kPackets), sine(kPackets), pixels(kPackets * kPackets);
    Random(11, trial).fill_uniform(x);
    sines(x, sine);
    fill_field(Field::kSummation, x, sine, pixels.data());
    std::vector<double> image(pixels.size());
    for (std::size_t i = 0; i < image.size(); ++i) image[i] = corrupt(pixels[i], trial, i);
    const auto diagonal = invert_diagonal(image, kPackets);
    const auto whole = invert_whole_image(Field::kSummation, image, kPackets);
    for (std::size_t i = 0; i < kPackets; ++i) {
      sums.diagonal += std::pow(diagonal[i] - x[i], 2);
      sums.whole_image += std::pow(whole[i] - x[i], 2);
    }
  }
  return {std::sqrt(sums.diagonal / (kTrials * kPackets)), std::sqrt(sums.whole_image / (kTrials * kPackets))};
}

TEST(WholeImageInverse, IsFourTimesCloserUnderNoise) {
  const auto errors = errors_under([](double pixel, std::uint64_t trial, std::size_t index) {
    return pixel + 0.05 * Random(12, trial).normal(index);
  });
  EXPECT_GE(errors.diagonal / errors.whole_image, 4.0) << errors.diagonal << " against " << errors.whole_image;
  RecordProperty("diagonal", std::to_string(errors.diagonal));
  RecordProperty("whole_image", std::to_string(errors.whole_image));
}

TEST(WholeImageInverse, IsEightTimesCloserAtEightBits) {
  const auto errors = errors_under(
      [](double pixel, std::uint64_t, std::size_t) { return std::round((pixel + 1) * 127.5) / 127.5 - 1; });
  EXPECT_GE(errors.diagonal / errors.whole_image, 8.0) << errors.diagonal << " against " << errors.whole_image;
  RecordProperty("diagonal", std::to_string(errors.diagonal));
  RecordProperty("whole_image", std::to_string(errors.whole_image));
}

TEST(WholeImageInverse, SurvivesImagesOfPureNoise) {
  for (std::uint64_t trial = 0; trial < 20; ++trial)
    for (const auto field : {Field::kSummation, Field::kDifference}) {
      std::vector<float> noise(100);
      Random(13, trial).fill_normal(noise);
      const std::vector<double> image(noise.begin(), noise.end());
      for (const double value : invert_whole_image(field, image, 10)) {
        ASSERT_GE(value, 0.0);
        ASSERT_LE(value, 1.0);
      }
    }
}

// The whole image can do no worse than the diagonal in what it minimises.
TEST(WholeImageInverse, LeavesASmallerResidual) {
  for (std::uint64_t trial = 0; trial < 50; ++trial) {
    constexpr std::size_t n = 10;
    std::vector<float> x(n), sine(n), pixels(n * n);
    Random(14, trial).fill_uniform(x);
    sines(x, sine);
    fill_field(Field::kSummation, x, sine, pixels.data());
    std::vector<double> image(n * n);
    for (std::size_t i = 0; i < n * n; ++i) image[i] = pixels[i] + 0.2 * Random(15, trial).normal(i);
    const auto residual = [&](const std::vector<double>& series) {
      double sum = 0;
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
          sum += std::pow(image[i * n + j] - std::cos(std::acos(series[i]) + std::acos(series[j])), 2);
      return sum;
    };
    EXPECT_LE(residual(invert_whole_image(Field::kSummation, image, n)), residual(invert_diagonal(image, n)) + 1e-9);
  }
}

TEST(WholeImageInverse, OfAPlainGadfNeedsTheFirstAngle) {
  const std::vector<float> x{0.9f, 0.3f, 0.5f, 0.0f};
  std::vector<float> sine(4), pixels(16);
  sines(x, sine);
  fill_field(Field::kDifference, x, sine, pixels.data());
  const std::vector<double> image(pixels.begin(), pixels.end());
  const auto found = invert_whole_image(Field::kDifference, image, 4, Level::kFirstAngle, std::acos(0.9));
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(found[i], x[i], 1e-6);
}

}  // namespace
}  // namespace morgana::gramian
