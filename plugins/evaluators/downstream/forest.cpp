// SPDX-License-Identifier: Apache-2.0
#include "forest.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <numeric>
#include <thread>

#include "morgana/error.hpp"
#include "morgana/random.hpp"

namespace morgana::downstream {
namespace {

/// The training table by columns: each value as its rank among the column's distinct values.
struct RankedColumns {
  explicit RankedColumns(const Features& features)
      : rows(features.rows()), ranks(features.columns), values(features.columns) {
    for (std::size_t column = 0; column < features.columns; ++column) {
      auto& distinct = values[column];
      for (std::size_t row = 0; row < rows; ++row) distinct.push_back(features.row(row)[column]);
      std::sort(distinct.begin(), distinct.end());
      distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
      ranks[column].resize(rows);
      for (std::size_t row = 0; row < rows; ++row)
        ranks[column][row] = static_cast<std::uint32_t>(
            std::lower_bound(distinct.begin(), distinct.end(), features.row(row)[column]) - distinct.begin());
    }
  }
  std::size_t rows;
  std::vector<std::vector<std::uint32_t>> ranks;  ///< by column
  std::vector<std::vector<float>> values;         ///< by column, ascending
};

/// Calls `work(i)` for i in [0, count) on some threads; the calling thread runs `check` first of all and before each of
/// its own.
void run_parallel(std::size_t count, int threads, const std::function<void()>& check,
                  const std::function<void(std::size_t)>& work) {
  if (check) check();
  std::atomic<std::size_t> next = 0;
  const auto take = [&](const std::function<void()>& before) {
    for (std::size_t i = next++; i < count; i = next++) {
      if (before) before();
      work(i);
    }
  };
  std::vector<std::jthread> others;
  for (int i = 1; i < threads && static_cast<std::size_t>(i) < count; ++i) others.emplace_back([&] { take({}); });
  try {
    take(check);
  } catch (...) {
    next = count;
    throw;
  }
}

}  // namespace

/// Grows one tree at a time; its buffers serve all trees of a thread.
class TreeGrower {
 public:
  TreeGrower(const RankedColumns& columns, std::span<const std::int32_t> labels, std::size_t classes)
      : columns_(columns),
        labels_(labels),
        classes_(classes),
        order_(columns.ranks.size()),
        left_(classes),
        right_(classes) {
    per_node_ = std::max<std::size_t>(1, static_cast<std::size_t>(std::sqrt(static_cast<double>(order_.size()))));
  }

  Forest::Tree grow(std::uint64_t seed, std::size_t number) {
    bootstrap(Random(seed, number));
    random_ = std::make_unique<Random>(seed, number, 1);
    drawn_ = 0;
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    Forest::Tree tree;
    tree.nodes.emplace_back();
    std::vector<Range> open{{0, rows_.size(), 0}};
    while (!open.empty()) {
      const Range range = open.back();
      open.pop_back();
      const Split split = best_split(range);
      if (split.column < 0) {
        make_leaf(tree, range);
        continue;
      }
      const auto middle = partition(range, split);
      const auto child = static_cast<std::int32_t>(tree.nodes.size());
      tree.nodes[range.node] = {split.column, split.threshold, child};
      tree.nodes.resize(tree.nodes.size() + 2);
      open.push_back({range.begin, middle, static_cast<std::size_t>(child)});
      open.push_back({middle, range.end, static_cast<std::size_t>(child) + 1});
    }
    return tree;
  }

 private:
  struct Range {
    std::size_t begin, end, node;
  };
  struct Split {
    std::int32_t column = -1;
    std::uint32_t rank = 0;  ///< the largest that goes left
    float threshold = 0;
    double score = -1;
  };

  /// As many draws as rows, kept as weights: a tree sees each drawn row once.
  void bootstrap(const Random& random) {
    weights_.assign(columns_.rows, 0);
    for (std::size_t i = 0; i < columns_.rows; ++i)
      ++weights_[random.below(i, static_cast<std::uint32_t>(columns_.rows))];
    rows_.clear();
    for (std::size_t row = 0; row < columns_.rows; ++row)
      if (weights_[row] > 0) rows_.push_back(static_cast<std::uint32_t>(row));
  }

  /// The totals of a node go to `right_`; true where one class is left.
  bool count(const Range& range) {
    std::fill(right_.begin(), right_.end(), 0.0);
    for (std::size_t i = range.begin; i < range.end; ++i)
      right_[static_cast<std::size_t>(labels_[rows_[i]])] += weights_[rows_[i]];
    return std::count_if(right_.begin(), right_.end(), [](double each) { return each > 0; }) == 1;
  }

  Split best_split(const Range& range) {
    Split best;
    if (count(range)) return best;
    totals_ = right_;
    bool varies = false;
    for (std::size_t visited = 0; visited < order_.size() && (visited < per_node_ || !varies); ++visited) {
      std::swap(order_[visited],
                order_[visited + random_->below(drawn_++, static_cast<std::uint32_t>(order_.size() - visited))]);
      varies |= try_column(range, order_[visited], best);
    }
    return best;
  }

  /// Looks for a better split along one column; false where the column is constant here.
  bool try_column(const Range& range, std::size_t column, Split& best) {
    const auto& ranks = columns_.ranks[column];
    sorted_.clear();
    for (std::size_t i = range.begin; i < range.end; ++i) {
      const auto row = rows_[i];
      sorted_.push_back(std::uint64_t{ranks[row]} << 32 | row);
    }
    std::sort(sorted_.begin(), sorted_.end());
    if (sorted_.front() >> 32 == sorted_.back() >> 32) return false;

    // Gini: the best split maximises sum(left counts^2) / left + sum(right counts^2) / right.
    right_ = totals_;
    std::fill(left_.begin(), left_.end(), 0.0);
    double left = 0, right = 0, left_squares = 0, right_squares = 0;
    for (const double each : right_) right += each, right_squares += each * each;
    for (std::size_t i = 0; i + 1 < sorted_.size(); ++i) {
      const auto row = static_cast<std::uint32_t>(sorted_[i]);
      const double weight = weights_[row];
      auto& on_left = left_[static_cast<std::size_t>(labels_[row])];
      auto& on_right = right_[static_cast<std::size_t>(labels_[row])];
      left_squares += weight * (2 * on_left + weight);
      right_squares -= weight * (2 * on_right - weight);
      on_left += weight, left += weight;
      on_right -= weight, right -= weight;
      const auto here = static_cast<std::uint32_t>(sorted_[i] >> 32),
                 after = static_cast<std::uint32_t>(sorted_[i + 1] >> 32);
      if (here == after) continue;
      const double score = left_squares / left + right_squares / right;
      if (score > best.score) best = {static_cast<std::int32_t>(column), here, threshold(column, here, after), score};
    }
    return true;
  }

  /// Halfway between two neighbours; the lower one where the half rounds up to the upper.
  float threshold(std::size_t column, std::uint32_t lower, std::uint32_t upper) const {
    const float low = columns_.values[column][lower], high = columns_.values[column][upper];
    const float middle = low / 2 + high / 2;
    return middle < high && middle >= low ? middle : low;
  }

  std::size_t partition(const Range& range, const Split& split) {
    const auto& ranks = columns_.ranks[static_cast<std::size_t>(split.column)];
    const auto begin = rows_.begin() + static_cast<std::ptrdiff_t>(range.begin);
    const auto end = rows_.begin() + static_cast<std::ptrdiff_t>(range.end);
    const auto middle = std::partition(begin, end, [&](std::uint32_t row) { return ranks[row] <= split.rank; });
    return static_cast<std::size_t>(middle - rows_.begin());
  }

  void make_leaf(Forest::Tree& tree, const Range& range) {
    count(range);
    const double sum = std::accumulate(right_.begin(), right_.end(), 0.0);
    tree.nodes[range.node].next = static_cast<std::int32_t>(tree.shares.size());
    for (std::size_t i = 0; i < classes_; ++i)
      if (right_[i] > 0) tree.shares.push_back({static_cast<std::int32_t>(i), static_cast<float>(right_[i] / sum)});
    tree.shares.push_back({-1, 0});
  }

  const RankedColumns& columns_;
  std::span<const std::int32_t> labels_;
  std::size_t classes_, per_node_ = 1;
  std::vector<std::uint32_t> weights_, rows_;
  std::vector<std::size_t> order_;
  std::vector<std::uint64_t> sorted_;  ///< rank and row of a node's rows, ascending
  std::vector<double> left_, right_, totals_;
  std::unique_ptr<Random> random_;
  std::uint64_t drawn_ = 0;
};

Forest Forest::fit(const Features& features, std::span<const std::int32_t> labels, std::size_t classes,
                   const ForestOptions& options) {
  if (features.rows() == 0) throw Error("a forest cannot be trained on no traces");
  if (labels.size() != features.rows()) throw Error("{} labels for {} traces", labels.size(), features.rows());
  const RankedColumns columns(features);
  Forest forest;
  forest.classes_ = classes;
  forest.trees_.resize(static_cast<std::size_t>(options.trees));
  run_parallel(forest.trees_.size(), options.threads, options.check, [&](std::size_t i) {
    TreeGrower grower(columns, labels, classes);
    forest.trees_[i] = grower.grow(options.seed, i);
  });
  return forest;
}

std::vector<std::int32_t> Forest::predict(const Features& features, int threads) const {
  constexpr std::size_t kBlock = 256;
  std::vector<std::int32_t> result(features.rows());
  run_parallel((result.size() + kBlock - 1) / kBlock, threads, {}, [&](std::size_t block) {
    std::vector<double> shares(classes_);
    for (std::size_t row = block * kBlock; row < std::min(result.size(), (block + 1) * kBlock); ++row) {
      std::fill(shares.begin(), shares.end(), 0.0);
      const auto values = features.row(row);
      for (const auto& tree : trees_) {
        const Node* node = tree.nodes.data();
        while (node->column >= 0)
          node = &tree.nodes[static_cast<std::size_t>(
              node->next + (values[static_cast<std::size_t>(node->column)] <= node->threshold ? 0 : 1))];
        for (const Share* share = &tree.shares[static_cast<std::size_t>(node->next)]; share->label >= 0; ++share)
          shares[static_cast<std::size_t>(share->label)] += share->share;
      }
      result[row] = static_cast<std::int32_t>(std::max_element(shares.begin(), shares.end()) - shares.begin());
    }
  });
  return result;
}

}  // namespace morgana::downstream
