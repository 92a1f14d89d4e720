// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "training/parameter_list.hpp"

namespace morgana::ddpm {

/// Shape of the U-Net. NetDiffus: 128 channels, multipliers 1 1 2 3 4, 3 residual blocks, attention 16, 4 heads.
struct UNetConfiguration {
  std::int64_t in_channels = 1, out_channels = 1;
  std::int64_t height = 10, width = 10;
  std::int64_t classes = 0;  ///< rows of the class embedding; 0: unconditional
  std::int64_t channels = 32;
  std::vector<std::int64_t> multipliers{1, 2, 4};  ///< of `channels`, one a level; each level halves the image
  std::int64_t residual_blocks = 1;                ///< a level
  std::int64_t attention = 8;  ///< levels of at most this many pixels a side attend; the middle always does
  std::int64_t heads = 4;
  std::int64_t groups =
      0;  ///< of each group normalisation, guided-diffusion's 32; 0: a quarter of its channels, at most 32
  double dropout = 0;
};

/// Where dropout takes its mask from: uniform noise of a shape. Null: no dropout.
using DropoutNoise = std::function<at::Tensor(at::IntArrayRef shape)>;

/// The U-Net of ADM (Dhariwal and Nichol, arXiv:2105.05233; openai/guided-diffusion), under its own parameter names.
///
/// Any image size: a level of n pixels is followed by one of ceil(n / 2), and the way up doubles and cuts to the size
/// of the skip connection. Normalisation has 32 groups, fewer where a group would have less than 4 channels (as EDM's
/// networks do), which changes nothing from 128 channels on. Attention keeps guided-diffusion's first order of heads.
class UNet {
 public:
  /// Throws `Error` where the heads do not divide the channels.
  UNet(const UNetConfiguration& configuration, training::ParameterList& parameters);
  ~UNet();

  /// `images` `[batch in_channels height width]`, `timesteps` `[batch]` float32, `labels` `[batch]` int64 (undefined
  /// where unconditional); gives `[batch out_channels height width]` float32. `torso` is the type inside.
  at::Tensor operator()(const at::Tensor& images, const at::Tensor& timesteps, const at::Tensor& labels,
                        at::ScalarType torso = at::kFloat, const DropoutNoise& dropout = {}) const;

 private:
  struct Layers;
  std::unique_ptr<Layers> layers_;
};

}  // namespace morgana::ddpm
