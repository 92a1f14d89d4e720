// SPDX-License-Identifier: Apache-2.0
// morgana_overlap_benchmark FILE THREADS: how `first` (real) and `second` overlap, k = 5; prints seconds, precision,
// recall, density and coverage.
#include <fmt/core.h>

#include <chrono>
#include <cstdlib>

#include "morgana/archive.hpp"
#include "morgana/tensor.hpp"
#include "neighbourhoods.hpp"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto archive = morgana::Archive::read(argv[1]);
  const auto first = morgana::to_tensor(archive.array("first")), second = morgana::to_tensor(archive.array("second"));
  const morgana::ThreadScope threads(std::atoi(argv[2]));
  const auto start = std::chrono::steady_clock::now();
  const auto overlap = morgana::frechet::overlap(morgana::frechet::balls(first, 5), morgana::frechet::balls(second, 5));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  fmt::print("{:.4f} {:.17g} {:.17g} {:.17g} {:.17g}\n", seconds.count(), overlap.precision, overlap.recall,
             overlap.density, overlap.coverage);
}
