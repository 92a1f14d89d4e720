// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "morgana/error.hpp"

namespace morgana::host {

/// A place in the pipeline file; columns count characters, not bytes. Line 0 is the command line: then `column` is the
/// number of the `--set` option.
struct Position {
  int line = 0, column = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

/// One thing that is wrong with a pipeline.
struct Fault {
  Position position;
  std::string node;  ///< "" where it is of the file
  std::string text, hint;
  friend auto operator<=>(const Fault&, const Fault&) = default;
};

/// Everything that is wrong with a pipeline, so that a user mends it in one go.
class Faults {
 public:
  void add(Fault fault) { faults_.push_back(std::move(fault)); }
  void add(Position position, std::string text, std::string hint = "") {
    faults_.push_back({position, "", std::move(text), std::move(hint)});
  }
  bool empty() const noexcept { return faults_.empty(); }
  /// In the file's order, the command line's last; each once, though several copies of a node may have it.
  std::vector<Fault> sorted() const;

 private:
  std::vector<Fault> faults_;
};

/// A pipeline that cannot be run: exit code 2.
class PipelineFault : public Error {
 public:
  PipelineFault(std::filesystem::path file, std::vector<std::string> overrides, const Faults& faults);
  const std::vector<Fault>& faults() const noexcept { return faults_; }
  /// "study.json:9:78", or "--set model.steps=x".
  std::string place(const Fault& fault) const;

 private:
  std::filesystem::path file_;
  std::vector<std::string> overrides_;
  std::vector<Fault> faults_;
};

/// The fault's text with its node in front.
std::string sentence(const Fault& fault);

}  // namespace morgana::host
