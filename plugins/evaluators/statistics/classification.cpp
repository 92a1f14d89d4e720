// SPDX-License-Identifier: Apache-2.0
#include "statistics/classification.hpp"

#include <cmath>
#include <limits>
#include <numeric>

#include "morgana/error.hpp"

namespace morgana::statistics {

Confusion::Confusion(std::size_t classes, std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted)
    : Confusion(classes) {
  if (truth.size() != predicted.size()) throw Error("{} predictions for {} labels", predicted.size(), truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) add(truth[i], predicted[i]);
}

void Confusion::add(std::int32_t truth, std::int32_t predicted) {
  const auto count = static_cast<std::int32_t>(classes_);
  if (truth < 0 || truth >= count || predicted < 0 || predicted >= count)
    throw Error("class {} taken for {}; there are {}", truth, predicted, classes_);
  counts_[static_cast<std::size_t>(truth) * classes_ + static_cast<std::size_t>(predicted)] += 1;
}

Confusion& Confusion::operator+=(const Confusion& other) {
  if (other.classes_ != classes_) throw Error("confusion of {} and of {} classes", classes_, other.classes_);
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  return *this;
}

double Confusion::total() const { return std::accumulate(counts_.begin(), counts_.end(), 0.0); }

double Confusion::accuracy() const {
  double right = 0;
  for (std::size_t i = 0; i < classes_; ++i) right += at(i, i);
  return right / total();
}

double Confusion::f1(std::size_t index) const {
  double occurs = 0;
  for (std::size_t i = 0; i < classes_; ++i) occurs += at(index, i) + at(i, index);
  return occurs > 0 ? 2 * at(index, index) / occurs : std::numeric_limits<double>::quiet_NaN();
}

double Confusion::macro_f1() const {
  double sum = 0, seen = 0;
  for (std::size_t i = 0; i < classes_; ++i)
    if (const double value = f1(i); !std::isnan(value)) sum += value, seen += 1;
  return seen > 0 ? sum / seen : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace morgana::statistics
