// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <vector>

#include "morgana/archive.hpp"
#include "morgana/tensor.hpp"

/// The whole of a program that is called with FILE THREADS: measures the file's arrays `first` and `second`, prints
/// seconds and the numbers that `measure(first, second)` gives.
template <typename Measure>
int measure_two_samples(int argc, char** argv, Measure measure) {
  if (argc != 3) return 2;
  const auto archive = morgana::Archive::read(argv[1]);
  const auto first = morgana::to_tensor(archive.array("first")), second = morgana::to_tensor(archive.array("second"));
  const morgana::ThreadScope threads(std::atoi(argv[2]));
  const auto start = std::chrono::steady_clock::now();
  const std::vector<double> numbers = measure(first, second);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  fmt::print("{:.4f}", seconds.count());
  for (const double number : numbers) fmt::print(" {:.17g}", number);
  fmt::print("\n");
  return 0;
}
