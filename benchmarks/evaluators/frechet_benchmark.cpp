// SPDX-License-Identifier: Apache-2.0
// morgana_frechet_benchmark FILE THREADS: the Frechet distance of `first` and `second`.
#include "frechet_distance.hpp"
#include "two_samples.hpp"

int main(int argc, char** argv) {
  return measure_two_samples(argc, argv, [](const at::Tensor& first, const at::Tensor& second) {
    return std::vector<double>{morgana::frechet::frechet_distance(first, second)};
  });
}
