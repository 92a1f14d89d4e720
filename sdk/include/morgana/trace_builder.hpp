// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "morgana/traces.hpp"

/// For readers: what all of them do alike while they fill a `TraceTable`.
namespace morgana {

/// A column of names, met in any order and numbered by name in the end, so that equal sets of files give equal ids.
class MORGANA_API NameColumnBuilder {
 public:
  /// The name of the next row; "" is unknown.
  void add(std::string_view name);
  std::size_t size() const noexcept { return id_.size(); }
  /// Appends all rows of another column.
  void append(const NameColumnBuilder& other);
  NameColumn finish() &&;

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::int32_t> place_;
  std::vector<std::int32_t> id_;
};

/// What a reader left out: counted by reason, with an example or three of each, so that nothing is lost silently.
///
/// Examples are sorted by their place, so that files may be read in any order.
class MORGANA_API Omissions {
 public:
  /// One thing left out. `place` is where it stands ("folder/file.json biflow 10.0.0.1,..."), `fact` what is the
  /// matter with it ("iat: expected a number"), or "".
  void add(const std::string& reason, std::string_view place, std::string_view fact = "");
  /// Things that are only counted.
  void count(const std::string& reason, std::int64_t times);
  void append(const Omissions& other);

  bool empty() const noexcept { return counts_.empty(); }
  std::int64_t total() const;
  std::int64_t of(const std::string& reason) const;
  /// "background (2), damaged iat (3)"
  std::string summary() const;
  /// The first few places of each reason that has examples: "a.json biflow 1: why; b.json biflow 2: why; ...".
  std::map<std::string, std::string> examples() const;
  /// Writes "skipped: <reason>" into counts and, with examples, into notes.
  void write_to(TraceTable& table) const;

 private:
  struct Example {
    std::string place, fact;
  };
  std::map<std::string, std::int64_t> counts_;
  std::map<std::string, std::vector<Example>> examples_;
};

}  // namespace morgana
