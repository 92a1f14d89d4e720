// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

namespace morgana::gan {

/// How real images look, `[batch]`, with gradient.
using Score = std::function<at::Tensor(const at::Tensor& images)>;

/// The gradient penalty of WGAN-GP (Gulrajani et al., arXiv:1704.00028, eq. 3) without its factor: the mean over the
/// batch of (|gradient| - 1)^2 at `share` real + (1 - `share`) fake. `share` `[batch 1 1 1]` is uniform in [0, 1) and
/// drawn for each pair of images; a constant would look at one end of the line only.
at::Tensor gradient_penalty(const Score& score, const at::Tensor& real, const at::Tensor& fake,
                            const at::Tensor& share);

}  // namespace morgana::gan
