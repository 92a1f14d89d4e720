// SPDX-License-Identifier: Apache-2.0
#include "transposed.hpp"

#include "morgana/count_text.hpp"
#include "morgana/error.hpp"

namespace morgana::csv {
namespace {

constexpr std::size_t kLargestTable = std::size_t{1} << 30;

}  // namespace

Transposed::Transposed(Records& records, const std::string& file) {
  while (records.next()) {
    const auto& cells = records.cells();
    if (columns_ == 0) columns_ = cells.size();
    if (cells.size() != columns_)
      throw Error("{} line {} has {}, the first has {}", file, records.number(), count_text(cells.size(), "cell"),
                  columns_)
          .hint("with a trace a column all lines are equally long; is one cut off?");
    for (const auto cell : cells) {
      text_ += cell;
      ends_.push_back(text_.size());
    }
    if (text_.size() + ends_.size() * sizeof(std::size_t) > kLargestTable)
      throw Error("{} takes more than {} MB with a trace a column", file, kLargestTable >> 20)
          .hint("write it with a trace a row, or divide it");
  }
}

bool Transposed::next() {
  if (column_ == columns_) return false;
  cells_.clear();
  for (auto cell = column_; cell < ends_.size(); cell += columns_) {
    const auto begin = cell == 0 ? 0 : ends_[cell - 1];
    cells_.push_back(std::string_view(text_).substr(begin, ends_[cell] - begin));
  }
  ++column_;
  return true;
}

}  // namespace morgana::csv
