// SPDX-License-Identifier: Apache-2.0
#include "gramian/area_resize.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace morgana::gramian {
namespace {

/// Solves the symmetric positive definite system M X = B in place of B by Gauss's elimination; M `[n n]`, B `[n m]`.
void solve(std::vector<double>& matrix, std::vector<double>& right, std::size_t n, std::size_t m) {
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = matrix[i * n + k] / matrix[k * n + k];
      if (factor == 0.0) continue;
      for (std::size_t j = k; j < n; ++j) matrix[i * n + j] -= factor * matrix[k * n + j];
      for (std::size_t j = 0; j < m; ++j) right[i * m + j] -= factor * right[k * m + j];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = 0; j < m; ++j) right[k * m + j] /= matrix[k * n + k];
    for (std::size_t i = 0; i < k; ++i) {
      const double factor = matrix[i * n + k];
      if (factor == 0.0) continue;
      for (std::size_t j = 0; j < m; ++j) right[i * m + j] -= factor * right[k * m + j];
    }
  }
}

}  // namespace

AreaResize::AreaResize(std::size_t from, std::size_t to) : from_(from), to_(to) {
  if (none()) return;
  weights_.assign(to * from, 0.0);
  // Counted in 1 / (from * to) of the axis, so that the borders of old and new points are whole numbers.
  for (std::size_t i = 0; i < to; ++i) {
    const std::size_t begin = i * from, end = (i + 1) * from;
    first_.push_back(begin / to);
    last_.push_back((end + to - 1) / to);
    for (std::size_t j = first_[i]; j < last_[i]; ++j) {
      const std::size_t overlap = std::min(end, (j + 1) * to) - std::max(begin, j * to);
      weights_[i * from + j] = static_cast<double>(overlap) / static_cast<double>(from);
    }
  }
  invert();
}

void AreaResize::invert() {
  const bool up = to_ >= from_;
  const std::size_t n = std::min(from_, to_);
  std::vector<double> normal(n * n, 0.0);
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = 0; b < n; ++b)
      for (std::size_t k = 0; k < std::max(from_, to_); ++k)
        normal[a * n + b] +=
            up ? weights_[k * from_ + a] * weights_[k * from_ + b] : weights_[a * from_ + k] * weights_[b * from_ + k];
  // Up: (A'A)^-1 A'. Down: A'(AA')^-1, which is ((AA')^-1 A)'.
  std::vector<double> right(from_ * to_);
  for (std::size_t i = 0; i < to_; ++i)
    for (std::size_t j = 0; j < from_; ++j) {
      if (up) right[j * to_ + i] = weights_[i * from_ + j];
      else right[i * from_ + j] = weights_[i * from_ + j];
    }
  solve(normal, right, n, std::max(from_, to_));
  inverse_.resize(from_ * to_);
  for (std::size_t j = 0; j < from_; ++j)
    for (std::size_t i = 0; i < to_; ++i) inverse_[j * to_ + i] = up ? right[j * to_ + i] : right[i * from_ + j];
}

void AreaResize::apply(std::span<const float> series, std::span<float> resized) const {
  if (none()) {
    std::copy(series.begin(), series.end(), resized.begin());
    return;
  }
  for (std::size_t i = 0; i < to_; ++i) {
    double sum = 0;
    for (std::size_t j = first_[i]; j < last_[i]; ++j) sum += weights_[i * from_ + j] * series[j];
    resized[i] = static_cast<float>(sum);
  }
}

void AreaResize::add_diagonal(std::span<const double> diagonal, std::span<float> image) const {
  if (none()) {
    for (std::size_t i = 0; i < from_; ++i) image[i * from_ + i] += static_cast<float>(diagonal[i]);
    return;
  }
  for (std::size_t a = 0; a < to_; ++a)
    for (std::size_t b = 0; b < to_; ++b) {
      double sum = 0;
      for (std::size_t j = std::max(first_[a], first_[b]); j < std::min(last_[a], last_[b]); ++j)
        sum += weights_[a * from_ + j] * weights_[b * from_ + j] * diagonal[j];
      image[a * to_ + b] += static_cast<float>(sum);
    }
}

std::vector<double> AreaResize::undo(std::span<const double> image) const {
  if (none()) return {image.begin(), image.end()};
  std::vector<double> half(from_ * to_, 0.0), whole(from_ * from_, 0.0);
  for (std::size_t i = 0; i < from_; ++i)
    for (std::size_t k = 0; k < to_; ++k) {
      const double weight = inverse_[i * to_ + k];
      for (std::size_t j = 0; j < to_; ++j) half[i * to_ + j] += weight * image[k * to_ + j];
    }
  for (std::size_t i = 0; i < from_; ++i)
    for (std::size_t j = 0; j < from_; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < to_; ++k) sum += half[i * to_ + k] * inverse_[j * to_ + k];
      whole[i * from_ + j] = sum;
    }
  return whole;
}

double AreaResize::amplification() const {
  if (none()) return 1.0;
  double largest = 0;
  for (std::size_t i = 0; i < from_; ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < to_; ++k) sum += std::abs(inverse_[i * to_ + k]);
    largest = std::max(largest, sum);
  }
  return largest * largest;
}

}  // namespace morgana::gramian
