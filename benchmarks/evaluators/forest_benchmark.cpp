// SPDX-License-Identifier: Apache-2.0
// morgana_forest_benchmark FILE THREADS: trains 200 trees on `train`, asks about `test`; prints seconds and accuracy.
#include <fmt/core.h>

#include <chrono>
#include <cstdlib>

#include "forest.hpp"
#include "morgana/archive.hpp"
#include "statistics/classification.hpp"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  using namespace morgana;
  const auto archive = Archive::read(argv[1]);
  const auto columns = static_cast<std::size_t>(archive.array("train").shape()[1]);
  const downstream::Features train{columns, archive.array("train").to_vector<float>()},
      test{columns, archive.array("test").to_vector<float>()};
  const auto labels = archive.array("train_label").to_vector<std::int32_t>(),
             truth = archive.array("test_label").to_vector<std::int32_t>();
  std::size_t classes = 0;
  for (const auto label : labels) classes = std::max(classes, static_cast<std::size_t>(label) + 1);
  const int threads = std::atoi(argv[2]);

  const auto start = std::chrono::steady_clock::now();
  const auto forest = downstream::Forest::fit(train, labels, classes, {.trees = 200, .threads = threads, .seed = 0});
  const auto fitted = std::chrono::steady_clock::now();
  const statistics::Confusion confusion(classes, truth, forest.predict(test, threads));
  const auto asked = std::chrono::steady_clock::now();
  const auto seconds = [](auto duration) { return std::chrono::duration<double>(duration).count(); };
  fmt::print("{:.4f} {:.4f} {:.6f} {:.6f}\n", seconds(fitted - start), seconds(asked - fitted), confusion.accuracy(),
             confusion.macro_f1());
}
