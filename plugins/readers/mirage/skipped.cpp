// SPDX-License-Identifier: Apache-2.0
#include "skipped.hpp"

#include <algorithm>

namespace morgana::mirage {
namespace {

/// As many as `Omissions` shows.
constexpr std::size_t kExamples = 3;

}  // namespace

void Skipped::keep(Reason& reason, std::pair<std::string, std::string> example) {
  auto& examples = reason.examples;
  if (examples.size() == kExamples) {
    if (examples.back() <= example) return;
    examples.pop_back();
  }
  examples.insert(std::upper_bound(examples.begin(), examples.end(), example), std::move(example));
}

void Skipped::add(const std::string& reason, std::string place, std::string fact) {
  auto& entry = reasons_[reason];
  ++entry.count;
  keep(entry, {std::move(place), std::move(fact)});
}

void Skipped::append(const Skipped& other) {
  for (const auto& [reason, from] : other.reasons_) {
    auto& entry = reasons_[reason];
    entry.count += from.count;
    for (const auto& example : from.examples) keep(entry, example);
  }
}

void Skipped::add_to(Omissions& omissions) const {
  for (const auto& [reason, entry] : reasons_) {
    for (const auto& [place, fact] : entry.examples) omissions.add(reason, place, fact);
    omissions.count(reason, entry.count - static_cast<std::int64_t>(entry.examples.size()));
  }
}

}  // namespace morgana::mirage
