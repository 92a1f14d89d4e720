// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "training/flat_parameters.hpp"

namespace morgana::training {

/// AdamW (Loshchilov and Hutter, arXiv:1711.05101), as torch.optim.AdamW computes it.
struct AdamW {
  double rate = 1e-4;
  double beta1 = 0.9, beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  double clip = 0;  ///< largest norm of the whole gradient, longer ones are shortened to it; 0: none
};

/// One optimizer step, the moving average of the parameters, and zeroed gradients, in one pass over memory.
///
/// `step` counts from 1. `average_decay` is the weight of the old average.
void optimize(FlatParameters& flat, const AdamW& settings, std::int64_t step, double average_decay);

/// The average's decay at a step that counts from 1: min(decay, (1 + step) / (10 + step)) with a warm-up, so that a
/// short training's average is not its start (as TensorFlow's ExponentialMovingAverage does with num_updates).
double average_decay_at(std::int64_t step, double decay, bool warm_up);

/// The learning rate's factor: a linear rise over `warm_up` steps, and from there half a cosine to 0 at
/// `fraction` 1 of the training where `cosine` is set.
double rate_factor(std::int64_t step, std::int64_t warm_up, double fraction, bool cosine);

}  // namespace morgana::training
