// SPDX-License-Identifier: Apache-2.0
#include "statistics/trace_set.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace morgana::statistics {

void ClassList::add(const std::vector<std::string>& names, const std::vector<std::int32_t>& labels) {
  std::vector<bool> used(names.size(), false);
  for (const auto label : labels)
    if (label >= 0) used[static_cast<std::size_t>(label)] = true;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (used[i] && index_.emplace(names[i], static_cast<std::int32_t>(names_.size())).second)
      names_.push_back(names[i]);
}

std::vector<std::int32_t> ClassList::labels(const std::vector<std::string>& names,
                                            const std::vector<std::int32_t>& labels) const {
  std::vector<std::int32_t> here(names.size(), -1), result;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (const auto found = index_.find(names[i]); found != index_.end()) here[i] = found->second;
  result.reserve(labels.size());
  for (const auto label : labels) result.push_back(label < 0 ? -1 : here[static_cast<std::size_t>(label)]);
  return result;
}

RowsByClass ClassList::rows(const std::vector<std::string>& names, const std::vector<std::int32_t>& theirs) const {
  RowsByClass result(size());
  const auto mine = labels(names, theirs);
  for (std::size_t row = 0; row < mine.size(); ++row)
    if (mine[row] >= 0) result[static_cast<std::size_t>(mine[row])].push_back(row);
  return result;
}

double log_microseconds(double seconds) { return std::copysign(std::log1p(std::abs(seconds) * 1e6), seconds); }

std::vector<std::string> TraceKeys::of(const Traces& traces) const {
  std::vector<std::string> keys(traces.size());
  for (const auto& expression : expressions_) {
    const auto values = traces.expression(expression);
    const double scale = traces.expression_unit(expression) == "s" ? 1e6 : 1;
    for (std::size_t row = 0; row < traces.size(); ++row) {
      const auto count = packets_ == 0 ? traces.packets(row) : std::min(packets_, traces.packets(row));
      const auto start = traces.table().offsets[row];
      for (std::size_t i = 0; i < count; ++i) {
        const auto whole = static_cast<std::int64_t>(std::llround(values[start + i] * scale));
        char bytes[sizeof whole];
        std::memcpy(bytes, &whole, sizeof whole);
        keys[row].append(bytes, sizeof whole);
      }
    }
  }
  return keys;
}

std::unordered_map<std::string, std::size_t> count_keys(const std::vector<std::string>& keys) {
  std::unordered_map<std::string, std::size_t> counts;
  for (const auto& key : keys) ++counts[key];
  return counts;
}

double share_known(const std::vector<std::string>& keys, const std::unordered_map<std::string, std::size_t>& known) {
  if (keys.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::size_t hits = 0;
  for (const auto& key : keys) hits += known.contains(key) ? 1 : 0;
  return static_cast<double>(hits) / static_cast<double>(keys.size());
}

}  // namespace morgana::statistics
