// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "morgana/metrics.hpp"
#include "morgana/traces.hpp"
#include "synthesis/accounting.hpp"

namespace morgana::write_pcap {

/// Something of the traces that does not stand in the capture as it was.
struct Change {
  std::uint64_t count;
  std::string what;  ///< "times below 0 or above 1000000 s; the nearest possible was taken"
  bool warn;         ///< the traces are at fault, not the format
};

std::vector<Change> changes(const synthesis::Accounting& account);

/// What the capture says of itself: that it is synthetic and by what it was written, of which classes, where the fields
/// come from, what was changed. `settings` are the parameters and the seed. None is longer than a comment may be.
std::vector<std::string> statement(const synthesis::Accounting& account, const Traces& traces,
                                   const std::string& settings);

/// The accounting as numbers: "biflows" by protocol, "packets" by origin, "values" by field and source,
/// "changed" by what.
Metrics metrics_of(const synthesis::Accounting& account, const std::vector<std::string>& said);

}  // namespace morgana::write_pcap
