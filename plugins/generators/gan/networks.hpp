// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "training/layers.hpp"

namespace morgana::gan {

/// Shape of both networks; JSON in `Model::configuration`.
struct Configuration {
  std::int64_t image_channels = 1, height = 10, width = 10, classes = 1;
  std::int64_t latent = 64;    ///< numbers a sample is made from
  std::int64_t channels = 64;  ///< of the level at full size; each halving doubles them
  std::int64_t levels = 2;     ///< halvings

  std::string json() const;
  /// Throws `Error` where the text is not one of `json`.
  static Configuration from_json(const std::string& text);
};

/// Latent numbers and a class to an image in [-1, 1]: a dense layer, then doublings with 3x3 convolutions.
class Generator {
 public:
  Generator(const Configuration& configuration, training::ParameterList& list);
  /// `latent` `[batch latent]`, `labels` `[batch]` int64; gives `[batch image_channels height width]`.
  at::Tensor operator()(const at::Tensor& latent, const at::Tensor& labels) const;

 private:
  std::int64_t channels_;
  std::vector<std::int64_t> heights_, widths_;  ///< of each level, smallest first
  at::Tensor class_embedding_;
  training::Linear dense_;
  std::vector<training::GroupNorm> norms_;
  std::vector<training::Convolution> convolutions_;
  training::GroupNorm out_norm_;
  training::Convolution out_;
};

/// How real an image of a class looks, without bounds: strided convolutions, the class as an image channel and as a
/// projection on the last features (Miyato and Koyama, arXiv:1802.05637). No normalisation across the batch, which
/// the gradient penalty forbids.
class Critic {
 public:
  Critic(const Configuration& configuration, training::ParameterList& list);
  /// `[batch]`.
  at::Tensor operator()(const at::Tensor& images, const at::Tensor& labels) const;

 private:
  std::int64_t height_, width_;
  at::Tensor class_map_, class_projection_;
  std::vector<training::Convolution> convolutions_;
  training::Linear hidden_, out_;
};

}  // namespace morgana::gan
