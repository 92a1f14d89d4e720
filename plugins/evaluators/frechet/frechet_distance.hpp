// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

/// Distances between two clouds of feature vectors. All in float64 on the CPU.
namespace morgana::frechet {

/// Mean `[d]` and covariance `[d d]` (divided by n - 1) of features `[n d]`.
struct Moments {
  at::Tensor mean, covariance;
};
Moments moments(const at::Tensor& features);

/// |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^1/2), the squared Frechet distance of two normal distributions (Dowson and
/// Landau 1982). The trace of the root is the sum of the square roots of the eigenvalues of L' S2 L with S1 = L L', a
/// symmetric matrix; where S1 has no Cholesky factor, of its symmetric root.
double frechet_distance(const Moments& first, const Moments& second);

/// The same of two samples `[n d]` and `[m d]`. Where a covariance has not full rank, tr (S1 S2)^1/2 is the nuclear
/// norm of the product of the centred samples, so no root of a singular matrix is taken.
double frechet_distance(const at::Tensor& first, const at::Tensor& second);

/// Kernel distance: the unbiased estimate of the squared maximum mean discrepancy under (a.b / d + 1)^3 (Binkowski et
/// al., arXiv:1801.01401), its mean and standard deviation over subsets. It can be negative.
struct KernelDistance {
  double mean = 0, deviation = 0;
  std::int64_t subsets = 0, size = 0;  ///< as used
};
/// One whole comparison where `size` is as large as both samples. NaN where a sample has fewer than two rows.
KernelDistance kernel_distance(const at::Tensor& first, const at::Tensor& second, std::int64_t subsets,
                               std::int64_t size, std::uint64_t seed);

}  // namespace morgana::frechet
