// SPDX-License-Identifier: Apache-2.0
#include "training/batch_order.hpp"

#include "morgana/error.hpp"
#include "morgana/random.hpp"

namespace morgana::training {

BatchOrder::BatchOrder(std::uint64_t seed, std::vector<std::size_t> rows, std::size_t batch)
    : seed_(seed), rows_(std::move(rows)), batch_(batch) {
  if (rows_.empty()) throw Error("there is no training image");
}

std::vector<std::size_t> BatchOrder::rows(std::int64_t step) {
  std::vector<std::size_t> drawn;
  for (std::size_t i = 0; i < batch_; ++i) {
    const std::uint64_t draw = static_cast<std::uint64_t>(step) * batch_ + i;
    if (const auto pass = draw / rows_.size(); order_.empty() || pass != pass_) {
      order_ = rows_;
      Random(seed_, pass).shuffle(order_);
      pass_ = pass;
    }
    drawn.push_back(order_[draw % rows_.size()]);
  }
  return drawn;
}

}  // namespace morgana::training
