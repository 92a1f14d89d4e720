// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace morgana::training {

/// Which training examples a step sees: each pass goes once through all of them, shuffled anew.
///
/// A function of (seed, step) alone, so that a resumed training sees what the whole one would have.
class BatchOrder {
 public:
  BatchOrder(std::uint64_t seed, std::vector<std::size_t> rows, std::size_t batch);

  /// `batch` rows; steps count from 0.
  std::vector<std::size_t> rows(std::int64_t step);

 private:
  std::uint64_t seed_;
  std::vector<std::size_t> rows_, order_;
  std::size_t batch_;
  std::uint64_t pass_ = 0;
};

}  // namespace morgana::training
