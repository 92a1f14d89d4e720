// SPDX-License-Identifier: Apache-2.0
#include "gramian/inverse.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace morgana::gramian {
namespace {

constexpr double kRightAngle = std::numbers::pi / 2;
// Angles move by less than this at the end; a float pixel knows an angle to 1e-7 at best.
constexpr double kSettled = 1e-9;
constexpr int kMostSweeps = 60;

/// Coordinate descent on the sum over i, j of (G_ij - field(phi_i, phi_j))^2.
///
/// Both fields are (cos phi_i, sin phi_i) . (p_j, q_j): GASF with p = cos, q = -sin; GADF with p = -sin, q = cos.
class AngleFit {
 public:
  AngleFit(Field field, std::span<const double> image, std::size_t n, Level level, double first_angle)
      : field_(field), level_(level), n_(n), image_(n * n), angle_(n), p_(n), q_(n) {
    const double sign = field == Field::kSummation ? 1.0 : -1.0;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        image_[i * n + j] = i == j ? image[i * n + i] : (image[i * n + j] + sign * image[j * n + i]) / 2;
    for (std::size_t i = 0; i < n; ++i) {
      if (level == Level::kDiagonal) angle_[i] = std::acos(std::clamp(image_[i * n + i], -1.0, 1.0)) / 2;
      else angle_[i] = first_angle - std::asin(std::clamp(i == 0 ? 0.0 : image_[i], -1.0, 1.0));
      angle_[i] = std::clamp(angle_[i], 0.0, kRightAngle);
      place(i);
    }
  }

  std::vector<double> fit() {
    for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
      double moved = field_ == Field::kDifference && level_ == Level::kDiagonal ? shift() : 0.0;
      moved = std::max(moved, sweep_once());
      if (moved < kSettled) break;
    }
    std::vector<double> x(n_);
    for (std::size_t i = 0; i < n_; ++i) x[i] = std::clamp(std::cos(angle_[i]), 0.0, 1.0);
    return x;
  }

 private:
  void place(std::size_t i) {
    const double cosine = std::cos(angle_[i]), sine = std::sin(angle_[i]);
    p_[i] = field_ == Field::kSummation ? cosine : -sine;
    q_[i] = field_ == Field::kSummation ? -sine : cosine;
  }

  // A GADF's pairs do not see a turn of all angles at once, so that single steps would take long to find it.
  double shift() {
    double gradient = 0, curvature = 1e-8;
    for (std::size_t i = 0; i < n_; ++i) {
      const double slope = -2 * std::sin(2 * angle_[i]);
      gradient += (image_[i * n_ + i] - std::cos(2 * angle_[i])) * slope;
      curvature += slope * slope;
    }
    const double step = std::clamp(gradient / curvature, -0.5, 0.5);
    double moved = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      const double before = angle_[i];
      angle_[i] = std::clamp(before + step, 0.0, kRightAngle);
      moved = std::max(moved, std::abs(angle_[i] - before));
      place(i);
    }
    return moved;
  }

  double sweep_once() {
    // M = sum of (p, q)(p, q)', kept up to date as angles move.
    double pp = 0, pq = 0, qq = 0, moved = 0;
    for (std::size_t j = 0; j < n_; ++j) pp += p_[j] * p_[j], pq += p_[j] * q_[j], qq += q_[j] * q_[j];
    for (std::size_t i = level_ == Level::kDiagonal ? 0 : 1; i < n_; ++i) {
      pp -= p_[i] * p_[i], pq -= p_[i] * q_[i], qq -= q_[i] * q_[i];
      double bp = 0, bq = 0;
      const double* row = image_.data() + i * n_;
      add_products(row, bp, bq);
      bp -= row[i] * p_[i], bq -= row[i] * q_[i];
      const double before = angle_[i];
      angle_[i] = std::clamp(before - step(before, row[i], pp, pq, qq, bp, bq), 0.0, kRightAngle);
      moved = std::max(moved, std::abs(angle_[i] - before));
      place(i);
      pp += p_[i] * p_[i], pq += p_[i] * q_[i], qq += q_[i] * q_[i];
    }
    return moved;
  }

  // Four sums each, which the compiler may then keep in one register: it must not reorder a single one.
  void add_products(const double* row, double& with_p, double& with_q) const {
    double p[4] = {0, 0, 0, 0}, q[4] = {0, 0, 0, 0};
    std::size_t j = 0;
    for (; j + 4 <= n_; j += 4)
      for (std::size_t k = 0; k < 4; ++k) {
        p[k] += row[j + k] * p_[j + k];
        q[k] += row[j + k] * q_[j + k];
      }
    for (; j < n_; ++j) p[0] += row[j] * p_[j], q[0] += row[j] * q_[j];
    with_p = (p[0] + p[1]) + (p[2] + p[3]);
    with_q = (q[0] + q[1]) + (q[2] + q[3]);
  }

  // One Newton step on h(phi) = u'Mu - 2 u'b + (g - cos 2 phi)^2 / 2 with u = (cos phi, sin phi), half the squared
  // error that this angle takes part in (each pair stands twice in the image, the diagonal once).
  double step(double angle, double g, double pp, double pq, double qq, double bp, double bq) const {
    const double cosine = std::cos(angle), sine = std::sin(angle);
    const double cosine2 = cosine * cosine - sine * sine, sine2 = 2 * cosine * sine;
    const double weight = level_ == Level::kDiagonal ? 1.0 : 0.0;
    const double first =
        -(pp - qq) * sine2 + 2 * pq * cosine2 + 2 * (bp * sine - bq * cosine) + weight * 2 * (g - cosine2) * sine2;
    const double second = -2 * (pp - qq) * cosine2 - 4 * pq * sine2 + 2 * (bp * cosine + bq * sine) +
                          weight * (4 * (g - cosine2) * cosine2 + 4 * sine2 * sine2);
    // Gauss and Newton's curvature is never negative; the larger of the two keeps the step on the safe side.
    const double quadratic = pp * cosine * cosine + 2 * pq * cosine * sine + qq * sine * sine;
    const double gauss_newton = 2 * (pp + qq - quadratic) + weight * 4 * sine2 * sine2;
    const double curvature = std::max(second, gauss_newton) + 1e-8 * static_cast<double>(n_);
    return std::clamp(first / curvature, -0.5, 0.5);
  }

  Field field_;
  Level level_;
  std::size_t n_;
  std::vector<double> image_;  ///< with the antisymmetric (GASF) or symmetric (GADF) part of the error removed
  std::vector<double> angle_, p_, q_;
};

}  // namespace

std::vector<double> invert_diagonal(std::span<const double> image, std::size_t n) {
  std::vector<double> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = std::sqrt(std::clamp((image[i * n + i] + 1) / 2, 0.0, 1.0));
  return x;
}

std::vector<double> invert_whole_image(Field field, std::span<const double> image, std::size_t n, Level level,
                                       double first_angle) {
  return AngleFit(field, image, n, level, first_angle).fit();
}

}  // namespace morgana::gramian
