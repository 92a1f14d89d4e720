// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "features.hpp"

namespace morgana::downstream {

struct ForestOptions {
  int trees = 200;
  int threads = 1;
  std::uint64_t seed = 0;
  std::function<void()> check;  ///< called between trees by the calling thread; may throw to stop
};

/// A random forest for classification (Breiman 2001): bootstrapped trees grown to pure leaves by the Gini index, exact
/// splits among the square root of the features at each node, class shares averaged over the trees.
///
/// A function of its data and seed alone, whatever the number of threads. The rules for ties, thresholds (midpoints)
/// and constant features are scikit-learn's, so its accuracy is comparable; the trees themselves differ.
class Forest {
 public:
  /// `labels` are in [0, classes). Throws `Error` without rows.
  static Forest fit(const Features& features, std::span<const std::int32_t> labels, std::size_t classes,
                    const ForestOptions& options);

  /// The class of the largest mean share, the first of equals.
  std::vector<std::int32_t> predict(const Features& features, int threads = 1) const;

 private:
  friend class TreeGrower;
  struct Node {
    std::int32_t column = -1;  ///< -1: a leaf
    float threshold = 0;       ///< at most: left
    std::int32_t next = 0;     ///< left child, the right one follows; of a leaf: first of its shares
  };
  struct Share {
    std::int32_t label;
    float share;
  };
  struct Tree {
    std::vector<Node> nodes;
    std::vector<Share> shares;  ///< of all leaves; a leaf's end at the next label below 0
  };
  std::size_t classes_ = 0;
  std::vector<Tree> trees_;
};

}  // namespace morgana::downstream
