// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <string_view>

namespace morgana::mirage_format {

/// The releases whose files differ.
enum class Release { k2019, kVideo, kCcma, kAppxAct };

/// What a user calls them, in the order of `Release`.
inline constexpr std::array<std::string_view, 4> kReleaseNames{"2019", "video", "ccma", "appxact"};
/// The release of one of those names.
constexpr Release release_of(std::string_view name) {
  for (std::size_t i = 0; i < kReleaseNames.size(); ++i)
    if (kReleaseNames[i] == name) return static_cast<Release>(i);
  return Release::k2019;
}

/// MIRAGE-2019 lists the first packets of a biflow, the later releases all of them.
inline constexpr std::size_t kPacketsListed2019 = 32;
constexpr std::size_t packets_listed(Release release) {
  return release == Release::k2019 ? kPacketsListed2019 : std::numeric_limits<std::size_t>::max();
}

/// Releases after 2019 list IP and transport headers, times and flags, and say more of the label.
constexpr bool has_headers(Release release) { return release != Release::k2019; }
/// CCMA and AppxAct name an activity and carry the verdicts of a dissector.
constexpr bool has_activity(Release release) { return release == Release::kCcma || release == Release::kAppxAct; }

/// What a capture file's name ends with. VIDEO's names are not known; it is given those of the releases after it.
constexpr std::string_view file_suffix(Release release) {
  return release == Release::k2019 ? "_MIRAGE-2019_traffic_dataset_labeled_biflows.json"
                                   : "_mirage2020dataset_labeled_biflows_all_packets_encryption_metadata.json";
}

}  // namespace morgana::mirage_format
