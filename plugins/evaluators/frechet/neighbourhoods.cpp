// SPDX-License-Identifier: Apache-2.0
#include "neighbourhoods.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/kthvalue.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <limits>

#include "morgana/error.hpp"

namespace morgana::frechet {
namespace {

constexpr double kResolution = 1e-5;
// Distances are looked at by blocks of rows: 256 rows of 10,000 are 20 MB, whatever the samples' sizes.
constexpr std::int64_t kRows = 256;

/// Squared distances of `rows` of `from` to all of `to`, through one matrix product.
at::Tensor squared_distances(const Balls& from, std::int64_t start, std::int64_t rows, const Balls& to) {
  const auto norms = from.squared_norms.narrow(0, start, rows).unsqueeze(1) + to.squared_norms;
  return at::addmm(norms, from.centres.narrow(0, start, rows), to.centres.t(), 1, -2);
}

/// Calls `look(squared distances, first row, rows)` for each block of rows of `from`.
template <typename Look>
void for_each_block(const Balls& from, const Balls& to, Look look) {
  const auto size = from.centres.size(0);
  for (std::int64_t start = 0; start < size; start += kRows) {
    const auto rows = std::min(kRows, size - start);
    look(squared_distances(from, start, rows, to), start, rows);
  }
}

double mean_of(const at::Tensor& counts) { return counts.to(at::kDouble).mean().item<double>(); }

}  // namespace

Balls balls(const at::Tensor& features, std::int64_t neighbours) {
  if (features.dim() != 2) throw Error("features have {} dimensions instead of two", features.dim());
  if (neighbours < 1) throw Error("a ball reaches to the first neighbour at least, not to number {}", neighbours);
  Balls result;
  result.neighbours = neighbours;
  result.centres = features.detach().to(at::kCPU, at::kDouble).contiguous();
  result.squared_norms = result.centres.square().sum(1);
  if (result.centres.size(0) <= neighbours) return result;
  auto radii = at::empty_like(result.squared_norms);
  for_each_block(result, result, [&](at::Tensor squared, std::int64_t start, std::int64_t rows) {
    squared.diagonal(start).fill_(std::numeric_limits<double>::infinity());  // a vector is no neighbour of itself
    radii.narrow(0, start, rows).copy_(std::get<0>(at::kthvalue(squared, neighbours, 1)));
  });
  result.squared_radii = radii.clamp_min(kResolution * kResolution * mean_of(result.squared_norms));
  return result;
}

Overlap overlap(const Balls& real, const Balls& synthetic) {
  if (real.centres.size(1) != synthetic.centres.size(1)) throw Error("the two samples have not the same features");
  if (real.neighbours != synthetic.neighbours) throw Error("the two samples' balls reach to different neighbours");
  if (!real.defined() || !synthetic.defined()) {
    constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
    return {undefined, undefined, undefined, undefined};
  }
  const auto counts = [](const Balls& of) { return at::zeros({of.centres.size(0)}, at::kLong); };
  auto balls_around = counts(synthetic), reached = counts(real), held = counts(real);
  for_each_block(real, synthetic, [&](const at::Tensor& squared, std::int64_t start, std::int64_t rows) {
    const auto in_real = squared < real.squared_radii.narrow(0, start, rows).unsqueeze(1);
    balls_around += in_real.sum(0);
    held.narrow(0, start, rows).copy_(in_real.any(1));
    reached.narrow(0, start, rows).copy_((squared < synthetic.squared_radii).any(1));
  });
  return {mean_of(balls_around > 0), mean_of(reached), mean_of(balls_around) / static_cast<double>(real.neighbours),
          mean_of(held)};
}

}  // namespace morgana::frechet
