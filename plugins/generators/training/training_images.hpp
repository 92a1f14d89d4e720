// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "morgana/context.hpp"
#include "morgana/images.hpp"

#include <ATen/core/Tensor.h>

namespace morgana::training {

/// The images that a class-conditional generator can learn from: those whose class is known.
class TrainingImages {
 public:
  /// Logs how many images are left out; throws `Error` where none is left.
  TrainingImages(const Images& images, Context& context);

  const std::vector<std::size_t>& rows() const noexcept { return rows_; }
  const std::vector<std::int64_t>& class_counts() const noexcept { return class_counts_; }  ///< of `rows`

  /// Mean and standard deviation of each image channel over all pixels; a constant channel's deviation is 1.
  void moments(std::vector<double>& mean, std::vector<double>& deviation) const;

 private:
  const Images& images_;
  std::vector<std::size_t> rows_;
  std::vector<std::int64_t> class_counts_;
};

/// Uniform noise in [0, 1), `[samples.size() ...shape]` float32, like `normal_noise`.
at::Tensor uniform_noise(std::uint64_t seed, std::span<const std::uint64_t> samples, std::uint32_t step,
                         at::IntArrayRef shape, at::Device device);

}  // namespace morgana::training
