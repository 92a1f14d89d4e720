// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "unet.hpp"

namespace morgana::ddpm {

/// What the network's output stands for.
enum class Prediction {
  kEpsilon,  ///< the noise (Ho et al., arXiv:2006.11239)
  kVelocity  ///< sqrt(alpha_bar) noise - sqrt(1 - alpha_bar) image (Salimans and Ho, arXiv:2202.00512)
};

/// The variance of a step of ancestral sampling.
enum class Variance {
  kLearnedRange,  ///< between the other two, by twice as many output channels (arXiv:2102.09672, eq. 15)
  kFixedSmall,    ///< the posterior's
  kFixedLarge     ///< beta
};

/// All that sampling must know of a trained diffusion model besides its weights; JSON in `Model::configuration`.
struct Configuration {
  UNetConfiguration unet;
  std::string schedule = "cosine";
  std::int64_t diffusion_steps = 1000;
  Prediction prediction = Prediction::kVelocity;
  Variance variance = Variance::kLearnedRange;
  /// Per image channel: the network sees (image - mean) / deviation.
  std::vector<double> mean, deviation;
  bool label_dropout = false;  ///< the class embedding's last row stands for "no class"

  std::string json() const;
  /// Throws `Error` where the text is not one of `json`.
  static Configuration from_json(const std::string& text);
};

Prediction prediction_of(const std::string& name);  ///< "epsilon", "v"
Variance variance_of(const std::string& name);      ///< "learned-range", "fixed-small", "fixed-large"

}  // namespace morgana::ddpm
