// SPDX-License-Identifier: Apache-2.0
#include "gramian/gramian_codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "morgana/error.hpp"

namespace morgana::gramian {
namespace {

// Batches beyond this leave the cache anyway: measured by benchmarks/encoders.
constexpr std::size_t kStreamFromBytes = std::size_t{32} << 20;
// A number this far outside [low, 1] was clipped; less is the rounding of a true image.
constexpr double kClipTolerance = 1e-3;

}  // namespace

GramianCodec::GramianCodec(CodecState state) : state_(std::move(state)), resize_(state_.packets, state_.size) {}

std::shared_ptr<const GramianCodec> GramianCodec::fitted(CodecState state, const Traces& training, double quantile) {
  for (auto& channel : state.channels) {
    fit(channel, training, state.packets, quantile);
    std::vector<double> angles;
    for (std::size_t row = 0; row < training.size(); ++row) {
      if (training.packets(row) == 0) continue;
      float value = 0;
      channel.expression.read(training, row, {&value, 1});
      angles.push_back(std::acos(static_cast<double>(channel.to_unit(value, state.low))));
    }
    const auto middle = angles.begin() + static_cast<std::ptrdiff_t>(angles.size() / 2);
    std::nth_element(angles.begin(), middle, angles.end());
    state.first_angles.push_back(*middle);
  }
  return std::make_shared<const GramianCodec>(std::move(state));
}

ImageShape GramianCodec::shape() const {
  const auto side = static_cast<std::int64_t>(state_.size);
  return {static_cast<std::int64_t>(state_.channels.size()), side, side};
}

std::vector<std::pair<std::string, std::string>> GramianCodec::trace_channels() const {
  std::vector<std::pair<std::string, std::string>> result;
  bool direction = false, sign = false;
  for (const auto& channel : state_.channels) {
    result.emplace_back(channel.expression.first, channel.unit);
    direction = direction || channel.expression.text == "DIR";
    sign = sign || channel.expression.signed_by_direction;
  }
  if (sign && !direction) result.emplace_back("DIR", "");
  return result;
}

void GramianCodec::fill_image(std::span<const float> x, std::span<float> pixels, Store store) const {
  std::vector<float> sine(x.size());
  sines(x, sine);
  if (resize_.none()) {
    fill_field(state_.field, x, sine, pixels.data(), store);
  } else {
    // A (x x' - s s') A' = (A x)(A x)' - (A s)(A s)': the resized image is a field of resized series.
    std::vector<float> small(state_.size), small_sine(state_.size);
    resize_.apply(x, small);
    resize_.apply(sine, small_sine);
    fill_field(state_.field, small, small_sine, pixels.data());
  }
  if (state_.field == Field::kDifference && state_.level == Level::kDiagonal) {
    std::vector<double> level(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) level[i] = 2.0 * x[i] * x[i] - 1.0;
    resize_.add_diagonal(level, pixels);
  }
  apply_gamma(pixels, state_.gamma);
}

void GramianCodec::encode(const Traces& traces, std::span<const std::size_t> rows, std::span<float> images) const {
  const std::size_t pixels = state_.size * state_.size;
  if (images.size() != rows.size() * pixels * state_.channels.size())
    throw Error("images: room for {} pixels, {} asked", images.size(), rows.size() * shape().pixels());
  const auto store = images.size_bytes() >= kStreamFromBytes && state_.gamma == 1.0 ? Store::kStream : Store::kOrdinary;
  std::vector<float> values, x(state_.packets);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    values.resize(std::min(state_.packets, traces.packets(rows[i])));
    for (std::size_t c = 0; c < state_.channels.size(); ++c) {
      const auto& channel = state_.channels[c];
      channel.expression.read(traces, rows[i], values);
      std::fill(x.begin(), x.end(), 0.0f);
      for (std::size_t k = 0; k < values.size(); ++k) {
        if (!std::isfinite(values[k]))
          throw Error("channel {} of trace {} holds {}", channel.expression.text, rows[i], values[k]);
        x[k] = channel.to_unit(values[k], state_.low);
      }
      fill_image(x, images.subspan((i * state_.channels.size() + c) * pixels, pixels), store);
    }
  }
}

std::vector<double> GramianCodec::invert(std::size_t channel, std::span<const float> pixels, Inverse inverse) const {
  std::vector<double> field(pixels.size());
  for (std::size_t i = 0; i < pixels.size(); ++i) field[i] = undo_gamma(pixels[i], state_.gamma);
  field = resize_.undo(field);
  if (inverse == Inverse::kDiagonal) return invert_diagonal(field, state_.packets);
  return invert_whole_image(state_.field, field, state_.packets, state_.level, state_.first_angles[channel]);
}

std::size_t GramianCodec::trace_length(std::span<const double> series) const {
  if (state_.low == 0.0) return state_.packets;
  // cost(L) = what the first L positions lack of low, and the rest of 0, squared; from L to L + 1 by its difference.
  std::size_t best = 0;
  double cost = 0, smallest = 0;
  for (std::size_t k = 0; k < state_.packets; ++k) {
    for (std::size_t c = 0; c < state_.channels.size(); ++c) {
      const double x = series[c * state_.packets + k], lack = std::max(0.0, state_.low - x);
      cost += lack * lack - x * x;
    }
    if (cost < smallest) smallest = cost, best = k + 1;
  }
  return best;
}

DecodedSeries GramianCodec::decode(std::span<const float> images, std::size_t count, Inverse inverse) const {
  const std::size_t channels = state_.channels.size(), n = state_.packets, pixels = state_.size * state_.size;
  if (images.size() != count * channels * pixels)
    throw Error("{} pixels are not {} images of {}", images.size(), count, channels * pixels);
  if (inverse == Inverse::kDiagonal && state_.field == Field::kDifference && state_.level != Level::kDiagonal)
    throw Error("the diagonal of a GADF is zero").hint("decode the whole image, or encode with level \"diagonal\"");
  const auto names = trace_channels();
  // Where DIR is no channel of its own, the first product with it tells its sign.
  const ChannelScale* direction = names.size() > channels
                                      ? &*std::find_if(state_.channels.begin(), state_.channels.end(),
                                                       [](const auto& c) { return c.expression.signed_by_direction; })
                                      : nullptr;
  DecodedSeries result;
  result.values.assign(count * names.size() * n, 0.0f);
  result.lengths.resize(count);
  result.residuals.resize(count);
  result.clipped.resize(count);
  std::vector<double> series(channels * n);
  std::vector<float> x(n), again(pixels);
  for (std::size_t i = 0; i < count; ++i) {
    const auto image = images.subspan(i * channels * pixels, channels * pixels);
    for (std::size_t c = 0; c < channels; ++c) {
      const auto found = invert(c, image.subspan(c * pixels, pixels), inverse);
      std::copy(found.begin(), found.end(), series.begin() + static_cast<std::ptrdiff_t>(c * n));
    }
    const std::size_t length = trace_length(series);
    result.lengths[i] = static_cast<std::int32_t>(length);
    float* values = result.values.data() + i * names.size() * n;
    double squares = 0;
    for (std::size_t c = 0; c < channels; ++c) {
      const auto& channel = state_.channels[c];
      std::fill(x.begin(), x.end(), 0.0f);
      for (std::size_t k = 0; k < n; ++k) {
        const double inside = std::clamp(series[c * n + k], state_.low, 1.0);
        if (k < length) {
          x[k] = static_cast<float>(inside);
          result.clipped[i] += std::abs(series[c * n + k] - inside) > kClipTolerance ? 1 : 0;
        }
        if (k >= std::max<std::size_t>(length, 1)) continue;
        const double value = channel.from_unit(inside, state_.low);
        if (channel.expression.text == "DIR") {
          values[c * n + k] = std::signbit(value) ? -1.0f : 1.0f;
        } else if (channel.expression.signed_by_direction) {
          values[c * n + k] = static_cast<float>(std::abs(value));
          if (&channel == direction) values[channels * n + k] = std::signbit(value) ? -1.0f : 1.0f;
        } else {
          values[c * n + k] = static_cast<float>(value);
        }
      }
      fill_image(x, again, Store::kOrdinary);
      for (std::size_t p = 0; p < pixels; ++p) {
        const double difference = static_cast<double>(image[c * pixels + p]) - again[p];
        squares += difference * difference;
      }
    }
    result.residuals[i] = static_cast<float>(std::sqrt(squares / static_cast<double>(channels * pixels)));
  }
  return result;
}

std::vector<std::int64_t> GramianCodec::clipped(const Traces& traces) const {
  std::vector<std::int64_t> counts(state_.channels.size());
  std::vector<float> values;
  for (std::size_t row = 0; row < traces.size(); ++row) {
    values.resize(std::min(state_.packets, traces.packets(row)));
    for (std::size_t c = 0; c < counts.size(); ++c) {
      state_.channels[c].expression.read(traces, row, values);
      for (const float value : values) state_.channels[c].to_unit(value, state_.low, &counts[c]);
    }
  }
  return counts;
}

double GramianCodec::bound(std::size_t channel) const {
  const auto& scale = state_.channels[channel];
  const bool level_lost = state_.field == Field::kDifference && state_.level == Level::kFirstAngle;
  if (state_.size < state_.packets || level_lost) return std::numeric_limits<double>::infinity();
  // A float pixel is within 4e-7 of the field of the float series; gamma's way back multiplies a rounding by 1/gamma.
  const double gamma_error = state_.gamma == 1.0 ? 0.0 : 2.5e-7 / state_.gamma;
  const double pixel_error = (4e-7 + gamma_error) * resize_.amplification();
  // Of x^2 = (G + 1) / 2: dx = dG / 4x, and at x = 0 the root of dG / 2.
  double x_error = std::sqrt(pixel_error / 2);
  if (state_.low > 0) x_error = std::min(x_error, pixel_error / (4 * state_.low));
  // 1.2e-7: x and the value itself are floats.
  const double largest = std::max(std::abs(scale.minimum), std::abs(scale.maximum));
  return (x_error + 1.2e-7) * scale.width(state_.low) + 1.2e-7 * (scale.logarithmic ? 2.0 : largest);
}

std::string GramianCodec::exactness() const {
  std::string text;
  bool directions_by_sign = false;
  for (std::size_t c = 0; c < state_.channels.size(); ++c) {
    const auto& channel = state_.channels[c];
    const auto& name = channel.expression.first;
    if (!text.empty()) text += ", ";
    directions_by_sign = directions_by_sign || channel.expression.signed_by_direction;
    if (!std::isfinite(bound(c))) text += fmt::format("{} without a bound", name);
    else if (name == "DIR") text += "DIR exact";
    else if (channel.logarithmic)
      text += fmt::format("{} within {:.2g} % (of {} + {:g} {})", name, 100 * std::expm1(bound(c)), name,
                          channel.log_unit, channel.unit);
    else text += fmt::format("{} within {:.2g} {}", name, bound(c), channel.unit);
  }
  if (directions_by_sign) text += ", DIR exact";
  if (state_.size < state_.packets)
    text += fmt::format("; {} points were resized down to {}", state_.packets, state_.size);
  if (state_.field == Field::kDifference && state_.level == Level::kFirstAngle)
    text += "; a GADF knows differences of angles, its level is taken from the first packet's median in training";
  const bool exact = state_.size >= state_.packets && state_.level == Level::kDiagonal;
  text += state_.low <= 0 ? "; lengths are lost (low is 0)" : exact ? "; lengths exact" : "; lengths not always exact";
  text += fmt::format("; for values in the training range, traces cut at {} packets, float images", state_.packets);
  return text;
}

std::string GramianCodec::configuration() const {
  nlohmann::json channels = nlohmann::json::array();
  for (std::size_t c = 0; c < state_.channels.size(); ++c) {
    const auto& channel = state_.channels[c];
    channels.push_back({{"expression", channel.expression.text},
                        {"unit", channel.unit},
                        {"log", channel.logarithmic},
                        {"log_unit", channel.log_unit},
                        {"gap", channel.gap},
                        {"minimum", channel.minimum},
                        {"maximum", channel.maximum},
                        {"values", channel.values},
                        {"clipped", channel.clipped},
                        {"first_angle", state_.first_angles[c]}});
  }
  const nlohmann::json json{{"field", kind()},
                            {"packets", state_.packets},
                            {"size", state_.size},
                            {"low", state_.low},
                            {"gamma", state_.gamma},
                            {"level", state_.level == Level::kDiagonal ? "diagonal" : "first-packet"},
                            {"order", "scale, field, area resize, gamma"},
                            {"channels", channels}};
  return json.dump();
}

std::shared_ptr<const Codec> GramianCodec::load(const char* configuration) {
  try {
    const auto json = nlohmann::json::parse(configuration);
    CodecState state;
    state.field = json.at("field") == "gadf" ? Field::kDifference : Field::kSummation;
    state.packets = json.at("packets");
    state.size = json.at("size");
    state.low = json.at("low");
    state.gamma = json.at("gamma");
    state.level = json.at("level") == "diagonal" ? Level::kDiagonal : Level::kFirstAngle;
    for (const auto& entry : json.at("channels")) {
      ChannelScale scale{Expression(entry.at("expression")),
                         entry.at("unit"),
                         entry.at("log"),
                         entry.at("log_unit"),
                         entry.at("gap"),
                         entry.at("minimum"),
                         entry.at("maximum"),
                         entry.at("values"),
                         entry.at("clipped")};
      state.channels.push_back(std::move(scale));
      state.first_angles.push_back(entry.at("first_angle"));
    }
    return std::make_shared<const GramianCodec>(std::move(state));
  } catch (const nlohmann::json::exception& exception) {
    throw Error("this is no configuration of a Gramian codec: {}", exception.what());
  }
}

}  // namespace morgana::gramian
