// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "gramian/gramian.hpp"

namespace morgana::gramian {

/// x_i = sqrt((G_ii + 1) / 2), in [0, 1]: what the diagonal `cos 2 phi` of an image `[n n]` says alone.
std::vector<double> invert_diagonal(std::span<const double> image, std::size_t n);

/// What fixes the level of a GADF, which by itself knows only differences of angles.
enum class Level {
  kDiagonal,   ///< the diagonal holds cos 2 phi, for either field
  kFirstAngle  ///< the first angle is given; the diagonal is not looked at
};

/// The series x in [0, 1] whose field is nearest to the image `[n n]`, by least squares over all pixels.
///
/// The image of a field is of rank 2: as a function of one angle, given the others, the squared error is that of a
/// linear fit on (cos, sin) but for the diagonal. Each sweep moves every angle by one Newton step on it, within
/// [0, pi/2]; the start is the diagonal (or, with the first angle given, the first row).
std::vector<double> invert_whole_image(Field field, std::span<const double> image, std::size_t n,
                                       Level level = Level::kDiagonal, double first_angle = 0.0);

}  // namespace morgana::gramian
