// SPDX-License-Identifier: Apache-2.0
// morgana_frechet_benchmark FILE THREADS: the Frechet distance of `first` and `second`; prints seconds and the
// distance.
#include <fmt/core.h>

#include <chrono>
#include <cstdlib>

#include "frechet_distance.hpp"
#include "morgana/archive.hpp"
#include "morgana/tensor.hpp"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto archive = morgana::Archive::read(argv[1]);
  const auto first = morgana::to_tensor(archive.array("first")), second = morgana::to_tensor(archive.array("second"));
  const morgana::ThreadScope threads(std::atoi(argv[2]));
  const auto start = std::chrono::steady_clock::now();
  const double distance = morgana::frechet::frechet_distance(first, second);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  fmt::print("{:.4f} {:.17g}\n", seconds.count(), distance);
}
