// SPDX-License-Identifier: Apache-2.0
#include "training/training_images.hpp"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>

#include "morgana/error.hpp"
#include "morgana/random.hpp"

namespace morgana::training {

TrainingImages::TrainingImages(const Images& images, Context& context)
    : images_(images), class_counts_(images.class_names().size(), 0) {
  for (std::size_t row = 0; row < images.size(); ++row) {
    const auto label = images.labels()[row];
    if (label < 0) continue;
    rows_.push_back(row);
    ++class_counts_[static_cast<std::size_t>(label)];
  }
  if (rows_.empty()) throw Error("none of the {} images has a class", images.size());
  if (rows_.size() < images.size())
    context.log().warning("{} of {} images have no class and are left out", images.size() - rows_.size(),
                          images.size());
}

void TrainingImages::moments(std::vector<double>& mean, std::vector<double>& deviation) const {
  constexpr std::size_t kAtOnce = 256;
  const auto shape = images_.shape();
  const auto channels = static_cast<std::size_t>(shape.channels), plane = shape.pixels() / channels;
  std::vector<double> sum(channels, 0), squares(channels, 0);
  std::vector<float> pixels;
  for (std::size_t start = 0; start < rows_.size(); start += kAtOnce) {
    const auto part = std::span(rows_).subspan(start, std::min(kAtOnce, rows_.size() - start));
    pixels.resize(part.size() * shape.pixels());
    images_.batch(part, pixels);
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      const std::size_t channel = i / plane % channels;
      sum[channel] += pixels[i];
      squares[channel] += static_cast<double>(pixels[i]) * pixels[i];
    }
  }
  const auto count = static_cast<double>(rows_.size() * plane);
  mean.assign(channels, 0), deviation.assign(channels, 1);
  for (std::size_t i = 0; i < channels; ++i) {
    mean[i] = sum[i] / count;
    const double variance = squares[i] / count - mean[i] * mean[i];
    if (variance > 1e-12) deviation[i] = std::sqrt(variance);
  }
}

at::Tensor uniform_noise(std::uint64_t seed, std::span<const std::uint64_t> samples, std::uint32_t step,
                         at::IntArrayRef shape, at::Device device) {
  std::vector<std::int64_t> sizes{static_cast<std::int64_t>(samples.size())};
  sizes.insert(sizes.end(), shape.begin(), shape.end());
  auto noise = at::empty(sizes, at::kFloat);
  const std::size_t each = samples.empty() ? 0 : static_cast<std::size_t>(noise.numel()) / samples.size();
  for (std::size_t i = 0; i < samples.size(); ++i)
    Random(seed, samples[i], step).fill_uniform({noise.mutable_data_ptr<float>() + i * each, each});
  return noise.to(device);
}

}  // namespace morgana::training
