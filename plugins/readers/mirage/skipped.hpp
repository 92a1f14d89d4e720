// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "morgana/trace_builder.hpp"

namespace morgana::mirage {

/// Biflows that were skipped, counted by reason, with the examples that come first by place: so threads that share the
/// files of a dataset in any way find the same ones together.
class Skipped {
 public:
  /// As `Omissions::add`.
  void add(const std::string& reason, std::string place, std::string fact);
  void append(const Skipped& other);
  void add_to(Omissions& omissions) const;

 private:
  struct Reason {
    std::int64_t count = 0;
    std::vector<std::pair<std::string, std::string>> examples;  ///< place and fact, in order
  };
  static void keep(Reason& reason, std::pair<std::string, std::string> example);

  std::map<std::string, Reason> reasons_;
};

}  // namespace morgana::mirage
