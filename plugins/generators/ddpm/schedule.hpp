// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace morgana::ddpm {

/// How much noise each diffusion step adds, and all that follows from it; float64, one entry a step.
///
/// Names as in Ho et al. (arXiv:2006.11239) and Nichol and Dhariwal (arXiv:2102.09672).
struct Schedule {
  std::vector<double> beta, alpha_bar, alpha_bar_before;
  std::vector<double> posterior_variance,
      posterior_log_variance;  ///< of q(x_{t-1} | x_t, x_0); the logarithm's first entry is the second's
  std::vector<double> posterior_of_start, posterior_of_noisy;  ///< its mean's weights of x_0 and x_t
  std::vector<std::int64_t> timestep;  ///< what the network is told: the step of the whole schedule

  std::size_t steps() const noexcept { return beta.size(); }
};

/// "linear": 1e-4 to 0.02 at 1000 steps, scaled by 1000 / steps. "cosine": s = 0.008, beta at most 0.999.
Schedule make_schedule(std::string_view name, std::int64_t steps);

/// Some steps of a schedule, as a schedule of their own: beta = 1 - alpha_bar / the alpha_bar kept before.
/// `kept` ascends. Throws `Error` where it is empty.
Schedule respaced(const Schedule& schedule, const std::vector<std::int64_t>& kept);

/// `count` of `steps` steps: from the first to the last in fractional strides, each rounded to even at the half
/// (guided-diffusion's "N"). Throws `Error` where there are not so many.
std::vector<std::int64_t> even_steps(std::int64_t steps, std::int64_t count);

/// `count` steps 0, n, 2n ... with the smallest whole stride n that gives just so many (guided-diffusion's "ddimN").
/// Throws `Error` where no stride does.
std::vector<std::int64_t> whole_stride_steps(std::int64_t steps, std::int64_t count);

/// `count` steps at even distances of the logarithm of the signal-to-noise ratio, from the schedule's first to where
/// the noise is 80 times the signal (Lu et al., arXiv:2206.00927, section 3.3). No step is taken twice. Throws `Error`
/// where there are not so many.
std::vector<std::int64_t> log_snr_steps(const Schedule& schedule, std::int64_t count);

}  // namespace morgana::ddpm
