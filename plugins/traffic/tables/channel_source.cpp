// SPDX-License-Identifier: Apache-2.0
#include "tables/channel_source.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "morgana/error.hpp"

namespace morgana::tables {
namespace {

std::pair<std::string, std::string> divided(const std::string& text) {
  const auto equals = text.find('=');
  return equals == std::string::npos ? std::pair(text, text)
                                     : std::pair(text.substr(0, equals), text.substr(equals + 1));
}

ChannelSource source_of(const std::string& text) {
  auto [channel, column] = divided(text);
  ChannelSource source{std::move(channel), std::move(column)};
  const auto size = source.size();
  if (size.empty() || size.find('*') != std::string_view::npos || source.column.empty() ||
      (source.is_signed() && (size == "DIR" || size == "TIME")))
    throw Error("channel \"{}\" is not understood", text)
        .hint("write \"PL=column\", or \"PL*DIR=column\" where the sign is the direction");
  // What is named after the channel cannot be a product.
  if (source.is_signed() && source.column == source.channel) source.column = std::string(size);
  return source;
}

/// The channels that a source gives.
std::vector<std::string_view> given_by(const ChannelSource& source) {
  if (source.is_signed()) return {source.size(), "DIR"};
  return {source.size()};
}

void refuse_twice(const std::vector<ChannelSource>& sources) {
  std::vector<std::string_view> seen;
  for (const auto& source : sources)
    for (const auto channel : given_by(source)) {
      if (std::find(seen.begin(), seen.end(), channel) != seen.end())
        throw Error("channel \"{}\" is asked for twice", channel)
            .hint("\"PL*DIR=column\" gives PL and DIR, `timestamps` gives IAT");
      seen.push_back(channel);
    }
}

void take_factor(const std::string& text, std::vector<ChannelSource>& sources) {
  const auto [channel, number] = divided(text);
  double factor = 0;
  const auto [end, fault] = std::from_chars(number.data(), number.data() + number.size(), factor);
  if (fault != std::errc() || end != number.data() + number.size() || !std::isfinite(factor) || factor <= 0)
    throw Error("scale \"{}\" is not understood", text).hint("write a channel and a positive factor: \"IAT=1e-6\"");
  const auto source = std::find_if(sources.begin(), sources.end(),
                                   [&, name = channel](const auto& other) { return other.size() == name; });
  if (source == sources.end()) throw Error("scale \"{}\" is for a channel that is not read", text);
  if (source->channel == "DIR") throw Error("scale \"{}\": a direction has no scale", text);
  source->scale = factor;
}

}  // namespace

std::vector<ChannelSource> channel_sources(const std::vector<std::string>& channels, const std::string& timestamps,
                                           const std::vector<std::string>& scale) {
  std::vector<ChannelSource> sources;
  for (const auto& text : channels) sources.push_back(source_of(text));
  if (!timestamps.empty()) sources.push_back({"IAT", timestamps, 1, true});
  if (sources.empty()) throw Error("no channel is asked for");
  refuse_twice(sources);
  for (const auto& text : scale) take_factor(text, sources);
  return sources;
}

}  // namespace morgana::tables
