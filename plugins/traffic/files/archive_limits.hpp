// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "morgana/error.hpp"

namespace morgana::files {

/// How far a compressed file is followed, against files that are made to fill memory or time.
struct ArchiveLimits {
  /// Bytes inflated for each byte on the disk. The MIRAGE archives inflate to 20 times their size at most, while
  /// deflate reaches 1032.
  double ratio = 250;
  /// Bytes inflated in all, each layer of packing counted; the largest release, MIRAGE-AppAct-2024, has 137 GB.
  std::uint64_t total_bytes = 1'000'000'000'000;
  /// Layers of packing: a.json.gz has one, a.tar.gz two, a zip of zips two.
  int layers = 4;
  /// What a message tells the user to do about a limit.
  std::string remedy = "where the file can be trusted, unpack it and name the folder";
};

/// A file passes one of the limits: no damage, and nothing to go on after.
class PastLimits : public Error {
 public:
  using Error::Error;
};

}  // namespace morgana::files
