// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <span>

#include "configuration.hpp"
#include "schedule.hpp"

namespace morgana::ddpm {

/// How noise becomes an image.
enum class Method {
  kAncestral,  ///< the reverse chain of Ho et al. (arXiv:2006.11239)
  kDdim,       ///< Song et al. (arXiv:2010.02502)
  kSolver      ///< DPM-Solver++ of second order, multistep (Lu et al., arXiv:2211.01095)
};

struct SamplerSettings {
  Method method = Method::kAncestral;
  Prediction prediction = Prediction::kEpsilon;
  Variance variance = Variance::kFixedSmall;
  double eta = 0;        ///< of DDIM: 0 without noise, 1 like ancestral sampling
  at::Tensor low, high;  ///< what a predicted image is clipped to, broadcast over it; undefined: not clipped
};

/// The network's output for noisy images at a step of the whole schedule.
using Denoiser = std::function<at::Tensor(const at::Tensor& noised, std::int64_t timestep)>;

/// Called after each step; throws to stop.
using AfterStep = std::function<void(std::size_t steps_done)>;

/// One image a sample, `[samples.size() ...shape]`; noise is a function of (seed, sample, step) alone.
at::Tensor draw(const Schedule& schedule, const SamplerSettings& settings, const Denoiser& denoiser, std::uint64_t seed,
                std::span<const std::uint64_t> samples, at::IntArrayRef shape, at::Device device,
                const AfterStep& after_step);

}  // namespace morgana::ddpm
