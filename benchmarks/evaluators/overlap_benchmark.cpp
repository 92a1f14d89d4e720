// SPDX-License-Identifier: Apache-2.0
// morgana_overlap_benchmark FILE THREADS: how `first` (real) and `second` overlap, k = 5: precision, recall, density
// and coverage.
#include "neighbourhoods.hpp"
#include "two_samples.hpp"

int main(int argc, char** argv) {
  return measure_two_samples(argc, argv, [](const at::Tensor& first, const at::Tensor& second) {
    using morgana::frechet::balls;
    const auto overlap = morgana::frechet::overlap(balls(first, 5), balls(second, 5));
    return std::vector<double>{overlap.precision, overlap.recall, overlap.density, overlap.coverage};
  });
}
