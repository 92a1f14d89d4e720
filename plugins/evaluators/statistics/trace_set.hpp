// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "morgana/traces.hpp"
#include "statistics/draw.hpp"

namespace morgana::statistics {

/// One list of class names for several sets, matched by name: the first set's order, then what the others add.
class ClassList {
 public:
  /// Takes in the names that some label uses.
  void add(const std::vector<std::string>& names, const std::vector<std::int32_t>& labels);
  const std::vector<std::string>& names() const noexcept { return names_; }
  std::size_t size() const noexcept { return names_.size(); }
  /// Index of each label in this list; -1 stays, and so does a name that is not in the list.
  std::vector<std::int32_t> labels(const std::vector<std::string>& names,
                                   const std::vector<std::int32_t>& labels) const;
  RowsByClass rows(const std::vector<std::string>& names, const std::vector<std::int32_t>& labels) const;

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::int32_t> index_;
};

/// Natural logarithm of 1 + microseconds, of seconds; that of a negative time (signed by its direction) is negative.
double log_microseconds(double seconds);

/// Tells traces apart by their values, packet for packet: sizes in whole bytes, times in whole microseconds.
///
/// Keys are the values themselves, not hashes, so two are equal only where the traces are.
class TraceKeys {
 public:
  /// `expressions` are channels or products of two; `packets` is how many of each trace count, 0 for all.
  TraceKeys(std::vector<std::string> expressions, std::size_t packets)
      : expressions_(std::move(expressions)), packets_(packets) {}
  /// The key of each row.
  std::vector<std::string> of(const Traces& traces) const;

 private:
  std::vector<std::string> expressions_;
  std::size_t packets_;
};

/// Share of the keys that occur in `known`; NaN of no key.
double share_known(const std::vector<std::string>& keys, const std::unordered_map<std::string, std::size_t>& known);
std::unordered_map<std::string, std::size_t> count_keys(const std::vector<std::string>& keys);

}  // namespace morgana::statistics
