// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace morgana::tables {

/// Where a table keeps the numbers of a packet channel.
struct ChannelSource {
  std::string channel;  ///< "PL"; "PL*DIR" for numbers whose sign is the direction
  std::string column;
  double scale = 1;         ///< the channel's unit for each of the column's
  bool timestamps = false;  ///< the channel, IAT, is what lies between these
  std::string unit{};       ///< of a channel that is not standard
  std::string note{};       ///< for the reader of the traces; empty: the column's name

  bool is_signed() const { return channel.ends_with("*DIR"); }
  /// The channel without its sign: "PL" of "PL*DIR".
  std::string_view size() const {
    return is_signed() ? std::string_view(channel).substr(0, channel.size() - 4) : std::string_view(channel);
  }
};

/// Understands what a user writes: channels such as "PL=pkts_size", or "PL" where the column is named so; the column of
/// timestamps from which IAT is made, or ""; factors such as "IAT=1e-6". Throws `Error` where they do not fit.
std::vector<ChannelSource> channel_sources(const std::vector<std::string>& channels, const std::string& timestamps,
                                           const std::vector<std::string>& scale);

}  // namespace morgana::tables
