// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace morgana::gramian {

/// Wang and Oates, "Imaging time-series to improve classification and imputation", IJCAI 2015: with phi = arccos x,
/// GASF is cos(phi_i + phi_j) and GADF is sin(phi_i - phi_j).
enum class Field { kSummation, kDifference };

/// How an image's pixels are written.
enum class Store {
  kOrdinary,  ///< through the cache: right where the pixels are read next
  kStream     ///< past it, where a batch is larger than the cache
};

/// sine[i] = sqrt(1 - x[i]^2) of x in [-1, 1], without the loss of digits near 1.
void sines(std::span<const float> x, std::span<float> sine);

/// The field of n numbers, `[n n]`, from their cosines `x` and `sine`, clamped to [-1, 1].
///
/// GASF = x x' - s s' and GADF = s x' - x s': two products a pixel, no arccos. `x` and `sine` may be any two vectors:
/// those of a resized image are. Gives the same bytes with and without AVX2.
void fill_field(Field field, std::span<const float> x, std::span<const float> sine, float* pixels,
                Store store = Store::kOrdinary);

/// v = 2 ((v + 1) / 2)^gamma - 1 in place, for v in [-1, 1]: spreads the values near -1 (NetDiffus: gamma 0.25).
void apply_gamma(std::span<float> pixels, double gamma);

/// The way back, in double; what lies outside [-1, 1] is clamped first.
double undo_gamma(double pixel, double gamma);

}  // namespace morgana::gramian
