// SPDX-License-Identifier: Apache-2.0
#include "frechet_distance.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_cholesky_ex.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_eigvalsh.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/linalg_svdvals.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/tensor.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "morgana/error.hpp"
#include "morgana/random.hpp"
#include "statistics/draw.hpp"

namespace morgana::frechet {
namespace {

at::Tensor as_double(const at::Tensor& values) { return values.detach().to(at::kCPU, at::kDouble).contiguous(); }

at::Tensor symmetric(const at::Tensor& matrix) { return (matrix + matrix.t()) / 2; }

/// Sum of the square roots of a symmetric matrix's eigenvalues; rounding makes tiny ones negative.
double trace_of_root(const at::Tensor& matrix) {
  return at::linalg_eigvalsh(symmetric(matrix)).clamp_min(0).sqrt().sum().item<double>();
}

at::Tensor symmetric_root(const at::Tensor& matrix) {
  const auto [values, vectors] = at::linalg_eigh(symmetric(matrix));
  return at::matmul(vectors * values.clamp_min(0).sqrt(), vectors.t());
}

double trace_of_product_root(const at::Tensor& first, const at::Tensor& second) {
  const auto [factor, failed] = at::linalg_cholesky_ex(symmetric(first));
  const auto& root = failed.item<int>() == 0 ? factor : symmetric_root(first);
  return trace_of_root(at::matmul(root.t(), at::matmul(second, root)));
}

struct Centred {
  at::Tensor mean, rows;  ///< rows / sqrt(n - 1): rows' rows is the covariance
};
Centred centre(const at::Tensor& features) {
  const auto values = as_double(features);
  const auto mean = values.mean(0);
  return {mean, (values - mean) / std::sqrt(static_cast<double>(values.size(0) - 1))};
}

/// At most as many rows as columns, with the same covariance: the triangular factor, where there are more.
at::Tensor reduced(const at::Tensor& rows) {
  return rows.size(0) <= rows.size(1) ? rows : std::get<1>(at::linalg_qr(rows, "r"));
}

void check(const at::Tensor& first, const at::Tensor& second) {
  if (first.dim() != 2 || second.dim() != 2 || first.size(1) != second.size(1))
    throw Error("the two samples have not the same features");
}

/// Mean of the kernel over pairs; without the diagonal where both sides are one sample.
double mean_kernel(const at::Tensor& first, const at::Tensor& second, bool same) {
  const auto inner = at::matmul(first, second.t()) / static_cast<double>(first.size(1)) + 1;
  const auto kernel = inner * inner * inner;
  const double n = static_cast<double>(first.size(0)), m = static_cast<double>(second.size(0));
  if (!same) return kernel.sum().item<double>() / (n * m);
  return (kernel.sum() - kernel.diagonal().sum()).item<double>() / (n * (n - 1));
}

double squared_discrepancy(const at::Tensor& first, const at::Tensor& second) {
  return mean_kernel(first, first, true) + mean_kernel(second, second, true) - 2 * mean_kernel(first, second, false);
}

at::Tensor drawn(const at::Tensor& values, std::int64_t size, std::uint64_t seed, std::uint64_t sample) {
  if (values.size(0) <= size) return values;
  std::vector<std::size_t> rows(static_cast<std::size_t>(values.size(0)));
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  const auto chosen = statistics::draw(rows, static_cast<std::size_t>(size), seed, sample);
  return values.index_select(0, at::tensor(std::vector<std::int64_t>(chosen.begin(), chosen.end())));
}

}  // namespace

Moments moments(const at::Tensor& features) {
  const auto centred = centre(features);
  return {centred.mean, at::matmul(centred.rows.t(), centred.rows)};
}

double frechet_distance(const Moments& first, const Moments& second) {
  const auto difference = as_double(first.mean) - as_double(second.mean);
  const auto first_covariance = as_double(first.covariance), second_covariance = as_double(second.covariance);
  return (difference.dot(difference) + first_covariance.trace() + second_covariance.trace()).item<double>() -
         2 * trace_of_product_root(first_covariance, second_covariance);
}

double frechet_distance(const at::Tensor& first, const at::Tensor& second) {
  check(first, second);
  if (first.size(0) < 2 || second.size(0) < 2) return std::numeric_limits<double>::quiet_NaN();
  const auto d = first.size(1);
  if (first.size(0) > d && second.size(0) > d) return frechet_distance(moments(first), moments(second));
  const auto a = centre(first), b = centre(second);
  const auto difference = a.mean - b.mean;
  const auto root = at::linalg_svdvals(at::matmul(reduced(a.rows), reduced(b.rows).t())).sum();
  return (difference.dot(difference) + a.rows.square().sum() + b.rows.square().sum() - 2 * root).item<double>();
}

KernelDistance kernel_distance(const at::Tensor& first, const at::Tensor& second, std::int64_t subsets,
                               std::int64_t size, std::uint64_t seed) {
  check(first, second);
  const auto a = as_double(first), b = as_double(second);
  KernelDistance result;
  result.size = std::min({size, a.size(0), b.size(0)});
  if (result.size < 2)
    return {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN(), 0, result.size};
  const bool whole = a.size(0) <= size && b.size(0) <= size;
  result.subsets = whole ? 1 : subsets;
  double sum = 0, squares = 0;
  for (std::int64_t i = 0; i < result.subsets; ++i) {
    const auto sample = static_cast<std::uint64_t>(2 * i);
    const double value = squared_discrepancy(whole ? a : drawn(a, result.size, seed, sample),
                                             whole ? b : drawn(b, result.size, seed, sample + 1));
    sum += value, squares += value * value;
  }
  const auto count = static_cast<double>(result.subsets);
  result.mean = sum / count;
  result.deviation = std::sqrt(std::max(0.0, squares / count - result.mean * result.mean));
  return result;
}

}  // namespace morgana::frechet
