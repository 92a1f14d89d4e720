// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "files/archive_limits.hpp"
#include "files/disk_file.hpp"

namespace morgana::files {

/// What all packed files of one reading share: the limits, and what was inflated so far.
struct Inflation {
  explicit Inflation(ArchiveLimits with) : limits(std::move(with)) {}
  const ArchiveLimits limits;
  std::atomic<std::uint64_t> total = 0;
};

/// Counts what one packed file or member inflates to, and refuses what is out of proportion.
class InflationMeter {
 public:
  /// `place` names it in messages; `disk` is the file on the disk in which it lies, perhaps layers deep.
  InflationMeter(Inflation& inflation, const DiskFile& disk, std::string place);
  /// Throws `Error` where a limit is passed.
  void add(std::size_t bytes);

 private:
  Inflation& inflation_;
  const DiskFile& disk_;
  std::string place_;
  std::uint64_t start_, inflated_ = 0;
};

}  // namespace morgana::files
