// SPDX-License-Identifier: Apache-2.0
#include "assignment.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "morgana/random.hpp"

namespace morgana::split {
namespace {

class Assignment {
 public:
  Assignment(std::span<const Group> groups, std::size_t classes, const std::array<double, kParts>& fractions)
      : groups_(groups), fractions_(fractions), part_(groups.size(), kParts), totals_(classes), of_class_(classes) {
    for (std::size_t group = 0; group < groups.size(); ++group)
      for (const auto& share : groups[group].shares) {
        totals_[share.label] += share.traces;
        of_class_[share.label].push_back(group);
      }
    for (std::size_t part = 0; part < kParts; ++part) {
      traces_[part].resize(classes);
      group_count_[part].resize(classes);
    }
  }

  void fill(std::uint64_t seed) {
    std::vector<std::size_t> order(groups_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    Random(seed, 0).shuffle(order);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return groups_[a].traces > groups_[b].traces; });
    for (const auto group : order) {
      Part best = kTrain;
      double least = std::numeric_limits<double>::infinity();
      for (const Part part : {kTrain, kTest, kValidation}) {
        if (fractions_[part] <= 0) continue;
        const double cost = cost_of_adding(group, part);
        if (cost < least) best = part, least = cost;
      }
      put(group, best);
    }
  }

  /// Sees to it that every class that can be is in each part. Training comes first: what is not trained on cannot be
  /// tested.
  void complete() {
    std::size_t needed = 1;
    for (const Part part : {kTrain, kTest, kValidation}) {
      if (fractions_[part] <= 0) continue;
      for (std::size_t label = 0; label < totals_.size(); ++label)
        if (of_class_[label].size() >= needed && group_count_[part][label] == 0) move_one(label, part);
      ++needed;
    }
  }

  std::vector<Part> take() && { return std::move(part_); }

 private:
  /// How much the sum of squared relative deviations grows.
  double cost_of_adding(std::size_t group, Part part) const {
    double cost = 0;
    for (const auto& [label, count] : groups_[group].shares) {
      const double excess = traces_[part][label] - fractions_[part] * totals_[label];
      cost += count * (2 * excess + count) / (totals_[label] * totals_[label]);
    }
    return cost;
  }

  void put(std::size_t group, Part part) {
    part_[group] = part;
    for (const auto& [label, count] : groups_[group].shares) traces_[part][label] += count, ++group_count_[part][label];
  }

  void take_out(std::size_t group) {
    const auto part = part_[group];
    for (const auto& [label, count] : groups_[group].shares) traces_[part][label] -= count, --group_count_[part][label];
  }

  /// Moves the group that costs least among those whose part keeps another of each class it holds; to the training
  /// part any group at all where there is no such.
  void move_one(std::size_t label, Part to) {
    auto best = cheapest(label, to, true);
    if (best == groups_.size() && to == kTrain) best = cheapest(label, to, false);
    if (best == groups_.size()) return;
    take_out(best);
    put(best, to);
  }

  /// Number of groups where there is none.
  std::size_t cheapest(std::size_t label, Part to, bool keeps_others) {
    std::size_t best = groups_.size();
    double least = std::numeric_limits<double>::infinity();
    for (const auto group : of_class_[label]) {
      const Part from = part_[group];
      const auto& shares = groups_[group].shares;
      if (keeps_others && std::any_of(shares.begin(), shares.end(),
                                      [&](const auto& share) { return group_count_[from][share.label] < 2; }))
        continue;
      take_out(group);
      const double cost = cost_of_adding(group, to) - cost_of_adding(group, from);
      put(group, from);
      if (cost < least) best = group, least = cost;
    }
    return best;
  }

  std::span<const Group> groups_;
  std::array<double, kParts> fractions_;
  std::vector<Part> part_;
  std::vector<double> totals_;                      ///< traces of each class
  std::vector<std::vector<std::size_t>> of_class_;  ///< groups of each class
  std::array<std::vector<double>, kParts> traces_;
  std::array<std::vector<std::size_t>, kParts> group_count_;
};

}  // namespace

std::vector<Part> assign(std::span<const Group> groups, std::size_t classes,
                         const std::array<double, kParts>& fractions, std::uint64_t seed) {
  Assignment assignment(groups, classes, fractions);
  assignment.fill(seed);
  assignment.complete();
  return std::move(assignment).take();
}

}  // namespace morgana::split
