// SPDX-License-Identifier: Apache-2.0
#include "gramian/channel_scale.hpp"

#include <algorithm>
#include <cmath>

#include "morgana/error.hpp"

namespace morgana::gramian {
namespace {

// Of the largest training value. With `low` 0.3 the direction then survives errors of x up to 0.02.
constexpr double kGapShare = 1.0 / 16;

}  // namespace

Expression::Expression(std::string written) : text(std::move(written)) {
  const auto star = text.find('*');
  first = text.substr(0, star);
  if (star == std::string::npos) return;
  const auto second = text.substr(star + 1);
  if (second != "DIR" || first.empty() || first == "DIR")
    throw Error("the product \"{}\" cannot be taken apart again", text)
        .hint("only a product with DIR, such as PL*DIR, is undone by its sign; give the channels one by one");
  signed_by_direction = true;
}

void Expression::read(const Traces& traces, std::size_t row, std::span<float> values) const {
  const auto numbers = traces.channel(traces.channel_index(first), row);
  std::copy_n(numbers.begin(), values.size(), values.begin());
  if (!signed_by_direction) return;
  const auto directions = traces.channel(traces.channel_index("DIR"), row);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] *= directions[i];
}

double ChannelScale::transformed(double value) const {
  const double size = logarithmic ? std::log1p(std::abs(value) / log_unit) : std::abs(value);
  return std::copysign(gap + size, value);  // 0 times -1 is -0: the sign is there even without a size
}

double ChannelScale::untransformed(double t) const {
  const double size = std::max(0.0, std::abs(t) - gap);
  return std::copysign(logarithmic ? std::expm1(size) * log_unit : size, t);
}

float ChannelScale::to_unit(double value, double low, std::int64_t* clipped_count) const {
  const double t = transformed(value);
  if (clipped_count != nullptr && (t < minimum || t > maximum)) ++*clipped_count;
  if (maximum <= minimum) return static_cast<float>(low);
  const double share = std::clamp((t - minimum) / (maximum - minimum), 0.0, 1.0);
  return static_cast<float>(low + (1 - low) * share);
}

double ChannelScale::from_unit(double x, double low) const {
  const double share = std::clamp((x - low) / (1 - low), 0.0, 1.0);
  return untransformed(minimum + share * (maximum - minimum));
}

void fit(ChannelScale& scale, const Traces& traces, std::size_t packets, double quantile) {
  const auto& expression = scale.expression;
  scale.unit = traces.table().channels[traces.channel_index(expression.first)].unit;
  if (expression.signed_by_direction) traces.channel_index("DIR");
  scale.gap = 0;
  std::vector<double> transformed;
  std::vector<float> values;
  for (std::size_t row = 0; row < traces.size(); ++row) {
    values.resize(std::min(packets, traces.packets(row)));
    expression.read(traces, row, values);
    for (const float value : values) {
      if (!std::isfinite(value)) throw Error("channel {} of trace {} holds {}", expression.text, row, value);
      transformed.push_back(scale.transformed(value));
    }
  }
  if (transformed.empty()) throw Error("there is no packet to fit the scale of {} on", expression.text);
  if (expression.signed_by_direction) {
    const double largest = std::abs(*std::max_element(transformed.begin(), transformed.end(),
                                                      [](double a, double b) { return std::abs(a) < std::abs(b); }));
    scale.gap = largest > 0 ? kGapShare * largest : 1;
    for (auto& t : transformed) t = std::copysign(scale.gap + std::abs(t), t);
  }
  const auto position = static_cast<std::size_t>(quantile * static_cast<double>(transformed.size() - 1));
  std::sort(transformed.begin(), transformed.end());
  scale.minimum = transformed[position];
  scale.maximum = transformed[transformed.size() - 1 - position];
  scale.values = static_cast<std::int64_t>(transformed.size());
  scale.clipped = std::count_if(transformed.begin(), transformed.end(),
                                [&](double t) { return t < scale.minimum || t > scale.maximum; });
}

}  // namespace morgana::gramian
