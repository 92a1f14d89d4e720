// SPDX-License-Identifier: Apache-2.0
#include "morgana/trace_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace morgana {
namespace {

/// Examples kept for each reason: enough to show the first ones by place, too few to flood.
constexpr std::size_t kExamplesKept = 1000, kExamplesShown = 3;

}  // namespace

void NameColumnBuilder::add(std::string_view name) {
  if (name.empty()) {
    id_.push_back(-1);
    return;
  }
  const auto [entry, added] = place_.try_emplace(std::string(name), static_cast<std::int32_t>(names_.size()));
  if (added) names_.emplace_back(name);
  id_.push_back(entry->second);
}

void NameColumnBuilder::append(const NameColumnBuilder& other) {
  for (const auto id : other.id_)
    add(id < 0 ? std::string_view() : std::string_view(other.names_[static_cast<std::size_t>(id)]));
}

NameColumn NameColumnBuilder::finish() && {
  std::vector<std::size_t> order(names_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return names_[a] < names_[b]; });
  NameColumn column;
  std::vector<std::int32_t> rank(names_.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    column.names.push_back(std::move(names_[order[i]]));
    rank[order[i]] = static_cast<std::int32_t>(i);
  }
  column.id = std::move(id_);
  for (auto& id : column.id)
    if (id >= 0) id = rank[static_cast<std::size_t>(id)];
  return column;
}

void Omissions::add(const std::string& reason, std::string_view place, std::string_view fact) {
  ++counts_[reason];
  auto& examples = examples_[reason];
  if (examples.size() < kExamplesKept) examples.push_back({std::string(place), std::string(fact)});
}

void Omissions::count(const std::string& reason, std::int64_t times) {
  if (times > 0) counts_[reason] += times;
}

void Omissions::append(const Omissions& other) {
  for (const auto& [reason, count] : other.counts_) counts_[reason] += count;
  for (const auto& [reason, more] : other.examples_) {
    auto& examples = examples_[reason];
    const auto room = kExamplesKept - std::min(kExamplesKept, examples.size());
    examples.insert(examples.end(), more.begin(),
                    more.begin() + static_cast<std::ptrdiff_t>(std::min(room, more.size())));
  }
}

std::int64_t Omissions::total() const {
  std::int64_t total = 0;
  for (const auto& [reason, count] : counts_) total += count;
  return total;
}

std::int64_t Omissions::of(const std::string& reason) const {
  const auto found = counts_.find(reason);
  return found == counts_.end() ? 0 : found->second;
}

std::string Omissions::summary() const {
  std::vector<std::string> parts;
  for (const auto& [reason, count] : counts_) parts.push_back(fmt::format("{} ({})", reason, count));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::map<std::string, std::string> Omissions::examples() const {
  std::map<std::string, std::string> texts;
  for (auto [reason, examples] : examples_) {
    std::stable_sort(examples.begin(), examples.end(), [](const auto& a, const auto& b) { return a.place < b.place; });
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < std::min(kExamplesShown, examples.size()); ++i)
      shown.push_back(examples[i].fact.empty() ? examples[i].place
                                               : fmt::format("{}: {}", examples[i].place, examples[i].fact));
    const bool more = of(reason) > static_cast<std::int64_t>(shown.size());
    texts[reason] = fmt::format("{}{}", fmt::join(shown, "; "), more ? "; ..." : "");
  }
  return texts;
}

void Omissions::write_to(TraceTable& table) const {
  for (const auto& [reason, count] : counts_) table.counts["skipped: " + reason] = count;
  for (auto& [reason, places] : examples()) table.notes["skipped: " + reason] = places;
}

}  // namespace morgana
