// SPDX-License-Identifier: Apache-2.0
// Root mean square error in x of both inverses under different errors of the image, and their times.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "gramian/inverse.hpp"
#include "morgana/random.hpp"

namespace {

using namespace morgana::gramian;
using morgana::Random;

using Image = std::vector<double>;

Image field_of(Field field, const std::vector<float>& x) {
  const auto n = x.size();
  std::vector<float> sine(n), pixels(n * n);
  sines(x, sine);
  fill_field(field, x, sine, pixels.data());
  Image image(pixels.begin(), pixels.end());
  if (field == Field::kDifference)
    for (std::size_t i = 0; i < n; ++i) image[i * n + i] = 2.0 * x[i] * x[i] - 1;
  return image;
}

// Noise that is the same over patches of width x width pixels, standard deviation 1.
double patch(const Random& random, std::size_t i, std::size_t j, std::size_t n, std::size_t width) {
  return random.normal(i / width * n + j / width);
}

struct Corruption {
  std::string name;
  std::function<Image(Field, const std::vector<float>& x, std::uint64_t trial)> apply;
};

Image with_noise(Field field, const std::vector<float>& x,
                 const std::function<double(std::size_t, std::size_t)>& noise) {
  auto image = field_of(field, x);
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = 0; j < x.size(); ++j) image[i * x.size() + j] += noise(i, j);
  return image;
}

std::vector<Corruption> corruptions() {
  std::vector<Corruption> list;
  list.push_back({"8 bit", [](Field field, const std::vector<float>& x, std::uint64_t) {
                    auto image = field_of(field, x);
                    for (auto& pixel : image) pixel = std::round((pixel + 1) * 127.5) / 127.5 - 1;
                    return image;
                  }});
  for (const double deviation : {0.02, 0.05, 0.2})
    list.push_back(
        {fmt::format("independent {}", deviation), [=](Field field, const std::vector<float>& x, std::uint64_t trial) {
           const Random random(2, trial);
           return with_noise(field, x,
                             [&](std::size_t i, std::size_t j) { return deviation * random.normal(i * x.size() + j); });
         }});
  for (const std::size_t width : {2, 4})
    list.push_back(
        {fmt::format("patches of {} 0.05", width), [=](Field field, const std::vector<float>& x, std::uint64_t trial) {
           const Random random(3, trial);
           return with_noise(field, x,
                             [&](std::size_t i, std::size_t j) { return 0.05 * patch(random, i, j, x.size(), width); });
         }});
  list.push_back({"rows and columns 0.05", [](Field field, const std::vector<float>& x, std::uint64_t trial) {
                    const Random random(4, trial);
                    return with_noise(field, x, [&](std::size_t i, std::size_t j) {
                      return 0.05 * (random.normal(i) + random.normal(j)) / std::sqrt(2.0);
                    });
                  }});
  list.push_back({"constant offset 0.05", [](Field field, const std::vector<float>& x, std::uint64_t trial) {
                    const Random random(5, trial);
                    return with_noise(field, x, [&](std::size_t, std::size_t) { return 0.05 * random.normal(0); });
                  }});
  list.push_back({"of the series 0.05", [](Field field, const std::vector<float>& x, std::uint64_t trial) {
                    const Random random(6, trial);
                    auto moved = x;
                    for (std::size_t i = 0; i < x.size(); ++i)
                      moved[i] = std::clamp(x[i] + 0.05f * random.normal(i), 0.0f, 1.0f);
                    return field_of(field, moved);
                  }});
  list.push_back({"off the diagonal only 0.05", [](Field field, const std::vector<float>& x, std::uint64_t trial) {
                    const Random random(7, trial);
                    return with_noise(field, x, [&](std::size_t i, std::size_t j) {
                      return i == j ? 0.0 : 0.05 * random.normal(i * x.size() + j);
                    });
                  }});
  list.push_back({"a blend of two images, half", [](Field field, const std::vector<float>& x, std::uint64_t trial) {
                    const Random random(8, trial);
                    auto other = x;
                    for (std::size_t i = 0; i < x.size(); ++i)
                      other[i] = std::clamp(x[i] + 0.2f * random.normal(i), 0.0f, 1.0f);
                    auto image = field_of(field, x);
                    const auto second = field_of(field, other);
                    for (std::size_t i = 0; i < image.size(); ++i) image[i] = (image[i] + second[i]) / 2;
                    return image;
                  }});
  return list;
}

}  // namespace

int main() {
  constexpr std::uint64_t kTrials = 200;
  fmt::print("root mean square error of x, {} series uniform in [low, 1]\n", kTrials);
  fmt::print("{:>5} {:>4} {:>4}  {:<28} {:>9} {:>9} {:>6} {:>9} {:>9}\n", "field", "N", "low", "error of the image",
             "diagonal", "whole", "gain", "us diag", "us whole");
  for (const auto field : {Field::kSummation, Field::kDifference})
    for (const std::size_t n : {10, 64})
      for (const double low : {0.0, 0.1, 0.3, 0.5})
        for (const auto& corruption : corruptions()) {
          double squares[2] = {0, 0}, seconds[2] = {0, 0};
          for (std::uint64_t trial = 0; trial < kTrials; ++trial) {
            std::vector<float> x(n);
            Random(1, trial).fill_uniform(x);
            for (auto& value : x) value = static_cast<float>(low + (1 - low) * value);
            const auto image = corruption.apply(field, x, trial);
            for (const int whole : {0, 1}) {
              const auto start = std::chrono::steady_clock::now();
              const auto found = whole ? invert_whole_image(field, image, n) : invert_diagonal(image, n);
              seconds[whole] += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
              // In units of the data's range, so that a larger low pays for its smaller share of [0, 1].
              for (std::size_t i = 0; i < n; ++i) squares[whole] += std::pow((found[i] - x[i]) / (1 - low), 2);
            }
          }
          const double diagonal = std::sqrt(squares[0] / static_cast<double>(kTrials * n));
          const double whole = std::sqrt(squares[1] / static_cast<double>(kTrials * n));
          fmt::print("{:>5} {:>4} {:>4}  {:<28} {:>9.4f} {:>9.4f} {:>6.2f} {:>9.2f} {:>9.2f}\n",
                     field == Field::kSummation ? "gasf" : "gadf", n, low, corruption.name, diagonal, whole,
                     diagonal / whole, 1e6 * seconds[0] / kTrials, 1e6 * seconds[1] / kTrials);
        }
}
