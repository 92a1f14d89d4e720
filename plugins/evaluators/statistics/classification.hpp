// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace morgana::statistics {

/// How often each true class (row) was taken for each class (column).
class Confusion {
 public:
  explicit Confusion(std::size_t classes) : classes_(classes), counts_(classes * classes, 0) {}
  /// Throws `Error` where the two differ in size or name a class that is not there.
  Confusion(std::size_t classes, std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted);

  void add(std::int32_t truth, std::int32_t predicted);
  Confusion& operator+=(const Confusion& other);

  std::size_t classes() const noexcept { return classes_; }
  double at(std::size_t truth, std::size_t predicted) const { return counts_[truth * classes_ + predicted]; }
  const std::vector<double>& counts() const noexcept { return counts_; }  ///< row-major
  double total() const;

  /// Share of the diagonal; NaN of nothing.
  double accuracy() const;
  /// Harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN); NaN for a class neither true nor predicted.
  double f1(std::size_t index) const;
  /// Mean of f1 over the classes that are true or predicted somewhere, as scikit-learn's "macro".
  double macro_f1() const;

 private:
  std::size_t classes_;
  std::vector<double> counts_;
};

}  // namespace morgana::statistics
