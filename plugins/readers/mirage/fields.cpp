// SPDX-License-Identifier: Apache-2.0
#include "fields.hpp"

#include <fmt/format.h>

namespace morgana::mirage {

std::string_view metadata_unit(std::string_view name) {
  if (name.ends_with("num_packets")) return "packets";
  if (name.ends_with("duration")) return "s";
  return name.ends_with("_WS") ? "" : "bytes";
}

bool is_transport_option(std::string_view name) { return name.ends_with("_MSS") || name.ends_with("_WS"); }

std::vector<FeatureName> feature_names() {
  std::vector<FeatureName> names;
  for (const auto quantity : kQuantities)
    for (const auto set : kPacketSets)
      for (const auto statistic : kStatistics) {
        std::string unit = quantity == "iat" ? "s" : "bytes";
        if (statistic == "var") unit += "^2";
        if (statistic == "skew" || statistic == "kurtosis") unit.clear();
        names.push_back({fmt::format("{}.{}.{}", quantity, set, statistic), unit});
      }
  return names;
}

}  // namespace morgana::mirage
