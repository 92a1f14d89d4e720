// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gramian/area_resize.hpp"
#include "gramian/channel_scale.hpp"
#include "gramian/inverse.hpp"
#include "morgana/codec.hpp"

namespace morgana::gramian {

/// Everything that makes two Gramian codecs equal.
struct CodecState {
  Field field = Field::kSummation;
  std::size_t packets = 0;  ///< length N of a series, 2 to 256
  std::size_t size = 0;     ///< pixels a side after the area resize; N: no resize
  double low = 0.3;         ///< packets lie in [low, 1], padding behind the trace's end at 0
  double gamma = 1.0;
  Level level = Level::kDiagonal;  ///< what fixes the level of a GADF
  std::vector<ChannelScale> channels;
  std::vector<double> first_angles;  ///< a channel: the median angle of the first packet in training
};

/// Traces as Gramian angular fields and back: one scale a channel for the whole data set, fitted on training data.
///
/// The way there: scale to [low, 1], 0 behind the end; field; area resize; gamma. The resize comes before gamma (in
/// NetDiffus after it), so that both can be undone one after the other.
class GramianCodec final : public Codec {
 public:
  explicit GramianCodec(CodecState state);
  /// Fits scales (and first angles) of `state` on the training traces.
  static std::shared_ptr<const GramianCodec> fitted(CodecState state, const Traces& training, double quantile);
  static std::shared_ptr<const Codec> load(const char* configuration);

  std::string_view kind() const override { return state_.field == Field::kSummation ? "gasf" : "gadf"; }
  ImageShape shape() const override;
  std::size_t length() const override { return state_.packets; }
  std::vector<std::pair<std::string, std::string>> trace_channels() const override;
  void encode(const Traces& traces, std::span<const std::size_t> rows, std::span<float> images) const override;
  /// Lengths are those whose pattern "at least low, then 0" is nearest to the series of all channels together; a trace
  /// may come out empty, and its first position then still holds the smallest values. With `low` 0 lengths cannot be
  /// told, and every trace has `length()` packets. Throws `Error` for the diagonal of a GADF whose diagonal is zero.
  DecodedSeries decode(std::span<const float> images, std::size_t count, Inverse inverse) const override;
  std::string exactness() const override;
  std::string configuration() const override;

  const CodecState& state() const noexcept { return state_; }
  /// Largest difference of t (the value, or its logarithm) between a trace's packet within the training range and
  /// the same packet decoded from its float image; infinite where the codec cannot be undone.
  double bound(std::size_t channel) const;
  /// Values of these traces that lie outside the training range and are clipped, a channel.
  std::vector<std::int64_t> clipped(const Traces& traces) const;

 private:
  void fill_image(std::span<const float> x, std::span<float> pixels, Store store) const;
  std::vector<double> invert(std::size_t channel, std::span<const float> pixels, Inverse inverse) const;
  std::size_t trace_length(std::span<const double> series) const;

  CodecState state_;
  AreaResize resize_;
};

}  // namespace morgana::gramian
