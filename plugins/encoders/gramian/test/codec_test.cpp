// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "gramian/gramian_codec.hpp"
#include "morgana/error.hpp"
#include "morgana/random.hpp"
#include "sample_traces.hpp"

namespace morgana::gramian {
namespace {

std::vector<std::size_t> all_rows(const Traces& traces) {
  std::vector<std::size_t> rows(traces.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

CodecState state_of(Field field, std::size_t packets, const std::vector<std::string>& channels) {
  CodecState state{.field = field, .packets = packets, .size = packets};
  for (const auto& text : channels) {
    ChannelScale scale{.expression = Expression(text)};
    scale.logarithmic = text == "IAT";
    if (text == "IAT") scale.log_unit = 1e-6;
    state.channels.push_back(scale);
  }
  return state;
}

std::vector<float> encoded(const Codec& codec, const Traces& traces) {
  std::vector<float> images(traces.size() * codec.shape().pixels());
  codec.encode(traces, all_rows(traces), images);
  return images;
}

// Every packet of the traces within the codec's own bound, and every length.
void expect_undone(const GramianCodec& codec, const Traces& traces, Inverse inverse) {
  const auto images = encoded(codec, traces);
  for (const float pixel : images) ASSERT_TRUE(pixel >= -1.0f && pixel <= 1.0f) << pixel;
  const auto decoded = codec.decode(images, traces.size(), inverse);
  const auto names = codec.trace_channels();
  for (std::size_t row = 0; row < traces.size(); ++row) {
    const auto packets = std::min(codec.length(), traces.packets(row));
    ASSERT_EQ(static_cast<std::size_t>(decoded.lengths[row]), packets) << codec.configuration();
    // Gamma below 1 has an infinite slope at -1, where a float error of 1e-7 grows to (1e-7 / 2)^gamma.
    ASSERT_LT(decoded.residuals[row], codec.state().gamma == 1.0 ? 2e-4 : 0.02) << codec.configuration();
    for (std::size_t c = 0; c < names.size(); ++c) {
      const auto* values = decoded.values.data() + (row * names.size() + c) * codec.length();
      const auto real = traces.channel(traces.channel_index(names[c].first), row);
      for (std::size_t k = packets; k < codec.length(); ++k) ASSERT_EQ(values[k], 0.0f);
      for (std::size_t k = 0; k < packets; ++k) {
        if (names[c].first == "DIR") {
          ASSERT_EQ(values[k], real[k]) << codec.configuration();
          continue;
        }
        const auto& scale = codec.state().channels[c];
        ASSERT_LE(std::abs(scale.transformed(values[k]) - scale.transformed(real[k])), codec.bound(c))
            << scale.expression.text << " of trace " << row << " packet " << k << ": " << values[k] << " for "
            << real[k] << "\n"
            << codec.configuration();
      }
    }
  }
}

TEST(GramianCodec, DecodesWithinItsBoundForAnyLengthChannelsGammaAndSize) {
  const std::vector<std::string> expressions{"PL*DIR", "IAT", "WIN", "PL", "IAT*DIR", "DIR"};
  for (std::uint64_t trial = 0; trial < 60; ++trial) {
    const Random random(21, trial);
    const std::size_t packets = trial == 0 ? 2 : trial == 1 ? 256 : 2 + random.below(0, trial % 4 == 0 ? 255 : 60);
    const std::size_t channels = 1 + random.below(1, 6);
    auto field = random.below(2, 2) == 0 ? Field::kSummation : Field::kDifference;
    auto state =
        state_of(field, packets, {expressions.begin(), expressions.begin() + static_cast<std::ptrdiff_t>(channels)});
    state.gamma = trial % 3 == 0 ? 0.25 : trial % 3 == 1 ? 1.0 : 0.25 + 0.75 * random.uniform(3);
    state.low = 0.1 + 0.4 * random.uniform(4);
    if (random.below(5, 3) == 0) state.size = packets + random.below(6, 40);
    const auto traces = testing::sample_traces(12, packets + random.below(7, 3), trial);
    const auto codec = GramianCodec::fitted(state, *traces, 0);
    SCOPED_TRACE(codec->exactness());
    expect_undone(*codec, *traces, Inverse::kWholeImage);
    expect_undone(*codec, *traces, Inverse::kDiagonal);
    if (HasFatalFailure()) return;
  }
}

TEST(GramianCodec, EveryLengthFrom2To256) {
  for (std::size_t packets = 2; packets <= 256; ++packets) {
    const auto traces = testing::sample_traces(3, packets, packets);
    const auto field = packets % 2 == 0 ? Field::kSummation : Field::kDifference;
    const auto codec = GramianCodec::fitted(state_of(field, packets, {"PL*DIR"}), *traces, 0);
    expect_undone(*codec, *traces, Inverse::kWholeImage);
    if (HasFatalFailure()) return;
  }
}

// Constant series sit on the ends of the scale, where the squared error is flat.
TEST(GramianCodec, ConstantSeries) {
  for (const float size : {0.0f, 5.0f, 1460.0f})
    for (const auto field : {Field::kSummation, Field::kDifference}) {
      TraceTable table;
      table.channels = {{"PL", "bytes", {0, 1460, size, size, size, size, size, size}}};
      table.offsets = {0, 2, 8};
      const Traces traces(table);
      const auto codec = GramianCodec::fitted(state_of(field, 6, {"PL"}), traces, 0);
      expect_undone(*codec, traces, Inverse::kWholeImage);
    }
}

TEST(GramianCodec, AChannelOfOneSingleValue) {
  TraceTable table;
  table.channels = {{"PL", "bytes", {7, 7, 7}}};
  table.offsets = {0, 1, 3};
  const Traces traces(table);
  const auto codec = GramianCodec::fitted(state_of(Field::kSummation, 2, {"PL"}), traces, 0);
  expect_undone(*codec, traces, Inverse::kWholeImage);
}

TEST(GramianCodec, WithLowZeroLengthsAreLost) {
  auto state = state_of(Field::kSummation, 8, {"PL", "DIR"});
  state.low = 0;
  const auto traces = testing::sample_traces(5, 8, 1);
  const auto codec = GramianCodec::fitted(state, *traces, 0);
  const auto decoded = codec->decode(encoded(*codec, *traces), traces->size(), Inverse::kWholeImage);
  for (const auto length : decoded.lengths) EXPECT_EQ(length, 8);
  for (std::size_t row = 0; row < traces->size(); ++row)
    for (std::size_t k = 0; k < traces->packets(row); ++k)
      EXPECT_NEAR(decoded.values[row * 16 + k], traces->channel(0, row)[k], codec->bound(0));
  EXPECT_NE(codec->exactness().find("lengths are lost"), std::string::npos);
}

// The check number of the metrics catalogue: payloads 0 to 1500 on [0, 1], diagonal, float pixels: 0.006 bytes.
TEST(GramianCodec, EveryPayloadLengthSurvivesFloatPixels) {
  TraceTable table;
  table.channels = {{"PL", "bytes", {}}, {"DIR", "", {}}};
  for (int size = 0; size <= 1500; ++size) {
    table.channels[0].values.push_back(static_cast<float>(size));
    table.channels[1].values.push_back(1);
    if (size % 2 == 1 || size == 1500) table.offsets.push_back(static_cast<std::uint64_t>(size + 1));
  }
  const Traces traces(table);
  for (const double low : {0.0, 0.3}) {
    auto state = state_of(Field::kSummation, 2, {"PL", "DIR"});
    state.low = low;
    const auto codec = GramianCodec::fitted(state, traces, 0);
    const auto decoded = codec->decode(encoded(*codec, traces), traces.size(), Inverse::kDiagonal);
    double worst = 0;
    for (std::size_t row = 0; row < traces.size(); ++row)
      for (std::size_t k = 0; k < traces.packets(row); ++k)
        worst = std::max(worst, std::abs(static_cast<double>(decoded.values[row * 4 + k]) - traces.channel(0, row)[k]));
    EXPECT_LT(worst, low == 0.0 ? 0.03 : 0.002) << low;
    RecordProperty(low == 0.0 ? "worst_low_0" : "worst_low_0.3", std::to_string(worst));
  }
}

TEST(GramianCodec, ClipsAndCountsWhatLiesBeyondTheTrainingRange) {
  TraceTable table;
  table.channels = {{"PL", "bytes", {}}};
  for (int i = 0; i < 1000; ++i) table.channels[0].values.push_back(static_cast<float>(i));
  table.offsets = {0, 500, 1000};
  const Traces training(table);
  const auto codec = GramianCodec::fitted(state_of(Field::kSummation, 256, {"PL"}), training, 0.01);
  EXPECT_EQ(codec->state().channels[0].values, 512);
  EXPECT_EQ(codec->state().channels[0].clipped, 10);
  table.channels[0].values.assign(1000, 5000.0f);
  EXPECT_EQ(codec->clipped(Traces(table))[0], 512);
}

TEST(GramianCodec, EqualConfigurationsMakeEqualCodecs) {
  const auto traces = testing::sample_traces(20, 12, 3);
  for (const auto field : {Field::kSummation, Field::kDifference}) {
    auto state = state_of(field, 12, {"PL*DIR", "IAT"});
    state.gamma = 0.3;
    state.size = 17;
    const auto codec = GramianCodec::fitted(state, *traces, 0.005);
    const auto again = GramianCodec::load(codec->configuration().c_str());
    EXPECT_EQ(again->configuration(), codec->configuration());
    EXPECT_EQ(again->kind(), codec->kind());
    EXPECT_EQ(again->shape(), codec->shape());
    EXPECT_EQ(again->exactness(), codec->exactness());
    EXPECT_EQ(encoded(*again, *traces), encoded(*codec, *traces));
  }
  EXPECT_THROW(GramianCodec::load("{}"), Error);
}

TEST(GramianCodec, TakesSignedPayloadApart) {
  const auto traces = testing::sample_traces(4, 10, 5);
  const auto codec = GramianCodec::fitted(state_of(Field::kSummation, 10, {"PL*DIR", "IAT"}), *traces, 0);
  const std::vector<std::pair<std::string, std::string>> expected{{"PL", "bytes"}, {"IAT", "s"}, {"DIR", ""}};
  EXPECT_EQ(codec->trace_channels(), expected);
  EXPECT_THROW(Expression("PL*IAT"), Error);
}

TEST(GramianCodec, PlainGadfHasNoDiagonalAndTakesItsLevelFromTraining) {
  auto state = state_of(Field::kDifference, 10, {"PL*DIR", "IAT"});
  state.level = Level::kFirstAngle;
  const auto traces = testing::sample_traces(30, 10, 6);
  const auto codec = GramianCodec::fitted(state, *traces, 0);
  const auto images = encoded(*codec, *traces);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(images[i * 10 + i], 0.0f);
  EXPECT_THROW(codec->decode(images, traces->size(), Inverse::kDiagonal), Error);
  // The first inter-arrival time is always 0, so that this channel's level is right.
  const auto decoded = codec->decode(images, traces->size(), Inverse::kWholeImage);
  for (std::size_t row = 0; row < traces->size(); ++row)
    for (std::size_t k = 1;
         k < std::min<std::size_t>(traces->packets(row), static_cast<std::size_t>(decoded.lengths[row])); ++k) {
      const double real = traces->channel(1, row)[k];
      EXPECT_NEAR(decoded.values[(row * 3 + 1) * 10 + k], real, 1e-3 * (real + 1e-6));
    }
  EXPECT_NE(codec->exactness().find("without a bound"), std::string::npos);
}

// Off its diagonal, which it keeps the level in, our GADF is the plain one.
TEST(GramianCodec, TheLevelOfAGadfLiesOnItsDiagonalAlone) {
  const auto traces = testing::sample_traces(5, 9, 7);
  auto state = state_of(Field::kDifference, 9, {"PL"});
  const auto with = encoded(*GramianCodec::fitted(state, *traces, 0), *traces);
  state.level = Level::kFirstAngle;
  const auto plain = encoded(*GramianCodec::fitted(state, *traces, 0), *traces);
  for (std::size_t i = 0; i < with.size(); ++i) {
    const bool diagonal = i % 81 / 9 == i % 9;
    EXPECT_TRUE(diagonal || with[i] == plain[i]) << i;
  }
}

TEST(GramianCodec, NamesWhatItWasGivenWrong) {
  TraceTable table;
  table.channels = {{"PL", "bytes", {1, std::nanf("")}}};
  table.offsets = {0, 2};
  EXPECT_THROW(GramianCodec::fitted(state_of(Field::kSummation, 2, {"PL"}), Traces(table), 0), Error);
  const auto traces = testing::sample_traces(3, 4, 8);
  const auto codec = GramianCodec::fitted(state_of(Field::kSummation, 4, {"PL"}), *traces, 0);
  EXPECT_THROW(codec->decode(std::vector<float>(5), 1, Inverse::kDiagonal), Error);
}

}  // namespace
}  // namespace morgana::gramian
