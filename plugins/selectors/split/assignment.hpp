// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace morgana::split {

enum Part : std::uint8_t { kTrain, kTest, kValidation, kParts };

/// Traces that must stay together: how many of each class it holds, absent classes left out.
struct Group {
  struct Share {
    std::size_t label;
    double traces;
  };
  std::vector<Share> shares;
  double traces = 0;
};

/// Puts each group into a part so that every class is divided as `fractions` says, as nearly as whole groups allow.
///
/// Greedy: groups in order of size, those of one size in random order, each go where the sum over parts and classes
/// of ((assigned - wanted) / class size)^2 grows least. A class of at least two groups is then given one of training
/// and one of test, and with three groups one of validation, where a group can be spared for it.
std::vector<Part> assign(std::span<const Group> groups, std::size_t classes,
                         const std::array<double, kParts>& fractions, std::uint64_t seed);

}  // namespace morgana::split
