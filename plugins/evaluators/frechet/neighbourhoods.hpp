// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

/// Whether two clouds of feature vectors lie in each other's neighbourhoods: fidelity and variety apart.
namespace morgana::frechet {

/// Around each of a sample's vectors a ball that reaches to the k-th nearest other one.
///
/// No ball is narrower than what features of a float32 network resolve, 1e-5 of their root mean square norm. So where
/// more than k vectors are equal, as in traffic that repeats itself, one more of them lies in their balls.
struct Balls {
  at::Tensor centres, squared_norms, squared_radii;  ///< float64: `[n d]`, `[n]`, `[n]`
  std::int64_t neighbours = 0;                       ///< k

  /// False where the sample has no more than k vectors: there are no radii.
  bool defined() const { return squared_radii.defined(); }
};
Balls balls(const at::Tensor& features, std::int64_t neighbours);

/// Precision and recall of Kynkäänniemi et al. (arXiv:1904.06991), density and coverage of Naeem et al.
/// (arXiv:2002.09797). NaN where a side is not defined.
struct Overlap {
  double precision = 0;  ///< share of synthetic vectors within some real ball
  double recall = 0;     ///< share of real vectors within some synthetic ball
  double density = 0;    ///< mean number of real balls around a synthetic vector, over k; can exceed 1
  double coverage = 0;   ///< share of real balls that hold some synthetic vector
};
Overlap overlap(const Balls& real, const Balls& synthetic);

}  // namespace morgana::frechet
