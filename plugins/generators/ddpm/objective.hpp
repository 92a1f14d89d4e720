// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "configuration.hpp"
#include "schedule.hpp"

namespace morgana::ddpm {

/// What training minimises: the squared error of the prediction and, with a learned variance, the variational bound
/// beside it (the hybrid loss of arXiv:2102.09672, section 3.1).
class Objective {
 public:
  /// Schedule, prediction, variance and the pixels' scale are the configuration's. `min_snr_gamma` bounds each step's
  /// weight on the image by min(SNR, gamma) (Hang et al., arXiv:2303.09556); 0: the prediction's own weighting.
  Objective(const Configuration& configuration, double min_snr_gamma, at::Device device);

  /// q(x_t | x_0): images and noise `[batch ...]`, `timesteps` `[batch]` int64.
  at::Tensor noisy(const at::Tensor& images, const at::Tensor& noise, const at::Tensor& timesteps) const;

  struct Loss {
    at::Tensor total, squared_error;  ///< scalars: with gradient; of the prediction alone, detached
  };
  /// `output` is the network's for `noisy(images, noise, timesteps)`.
  Loss operator()(const at::Tensor& output, const at::Tensor& images, const at::Tensor& noise, const at::Tensor& noised,
                  const at::Tensor& timesteps) const;

 private:
  at::Tensor bound(const at::Tensor& prediction, const at::Tensor& fraction, const at::Tensor& images,
                   const at::Tensor& noised, const at::Tensor& timesteps) const;

  at::Tensor discretised_nll(const at::Tensor& images, const at::Tensor& mean, const at::Tensor& log_scale) const;

  Prediction prediction_;
  Variance variance_;
  double bound_weight_;
  at::Tensor lowest_, highest_, half_bin_;  ///< `[1 channels 1 1]`: of pixels, as the network sees them
  // One float32 entry a step.
  at::Tensor signal_, noise_, weight_, posterior_of_start_, posterior_of_noisy_, posterior_log_, beta_log_;
};

/// The image that an output speaks of, given the noisy image and the step's two square roots.
at::Tensor start_of(Prediction prediction, const at::Tensor& output, const at::Tensor& noised, const at::Tensor& signal,
                    const at::Tensor& noise);

}  // namespace morgana::ddpm
