// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace morgana::gramian {

/// Area resize of an axis from `from` to `to` points: a new point is the mean of the old ones that it covers.
///
/// As a matrix A `[to from]` whose rows sum to 1, so that an image becomes A G A'. Going up it can be undone: the
/// least-squares way back is A+ G A+', with A+ the pseudo-inverse.
class AreaResize {
 public:
  AreaResize(std::size_t from, std::size_t to);

  std::size_t from() const noexcept { return from_; }
  std::size_t to() const noexcept { return to_; }
  bool none() const noexcept { return from_ == to_; }

  /// The resized series.
  void apply(std::span<const float> series, std::span<float> resized) const;
  /// Adds A diag(d) A' to an image `[to to]`.
  void add_diagonal(std::span<const double> diagonal, std::span<float> image) const;
  /// A+ G A+' of an image `[to to]`, as `[from from]`.
  std::vector<double> undo(std::span<const double> image) const;
  /// How much the way back can enlarge the largest error of a pixel: the square of A+'s largest row sum.
  double amplification() const;

 private:
  void invert();

  std::size_t from_, to_;
  std::vector<double> weights_;            ///< A, `[to from]`
  std::vector<std::size_t> first_, last_;  ///< old points that a new one covers: [first, last)
  std::vector<double> inverse_;            ///< A+, `[from to]`
};

}  // namespace morgana::gramian
