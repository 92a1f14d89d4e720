// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "gramian/gramian_codec.hpp"
#include "gramian/test/sample_traces.hpp"
#include "morgana/images.hpp"
#include "morgana/metrics.hpp"
#include "morgana/random.hpp"
#include "morgana/testing.hpp"
#include "payload_sizes.hpp"

namespace morgana::decode {
namespace {

using testing::sample_traces;
using testing::StageRunner;

std::shared_ptr<const Images> images_of(std::shared_ptr<const Traces> traces, std::size_t packets,
                                        gramian::Field field = gramian::Field::kSummation) {
  gramian::CodecState state{.field = field, .packets = packets, .size = packets};
  for (const char* text : {"PL*DIR", "IAT"}) state.channels.push_back({.expression = gramian::Expression(text)});
  state.channels[1].logarithmic = true;
  state.channels[1].log_unit = 1e-6;
  return std::make_shared<const Images>(traces, gramian::GramianCodec::fitted(state, *traces, 0));
}

// The images with noise of that standard deviation on every pixel: what a generator might give.
std::shared_ptr<const Images> noisy(const Images& images, float deviation) {
  std::vector<std::size_t> rows(images.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
  std::vector<float> pixels(rows.size() * images.shape().pixels());
  images.batch(rows, pixels);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] += deviation * Random(31, 0).normal(i);
  return std::make_shared<const Images>(std::move(pixels), NameColumn{images.class_names(), images.labels()},
                                        images.codec());
}

TEST(DecodeTraces, GivesRealTracesBack) {
  const auto traces = sample_traces(300, 14, 1, 3);
  for (const auto field : {gramian::Field::kSummation, gramian::Field::kDifference})
    for (const char* inverse : {"diagonal", "whole-image"}) {
      StageRunner stage(morgana_plugin(), "decode.traces");
      stage.set("inverse", inverse).input("images", images_of(traces, 10, field)).run();
      const auto decoded = stage.output<Traces>("traces");
      ASSERT_EQ(decoded->size(), traces->size());
      EXPECT_EQ(decoded->class_names(), traces->class_names());
      EXPECT_EQ(decoded->table().label.id, traces->table().label.id);
      EXPECT_EQ(decoded->expression_unit("PL"), "bytes");
      EXPECT_EQ(decoded->expression_unit("IAT"), "s");
      for (std::size_t row = 0; row < traces->size(); ++row) {
        const auto real = (*traces)[row], found = (*decoded)[row];
        ASSERT_EQ(found.packets(), std::min<std::size_t>(10, real.packets()));
        for (std::size_t k = 0; k < found.packets(); ++k) {
          ASSERT_EQ(found.channel("PL")[k], real.channel("PL")[k]);
          ASSERT_EQ(found.channel("DIR")[k], real.channel("DIR")[k]) << row;
          ASSERT_NEAR(found.channel("IAT")[k], real.channel("IAT")[k], 1e-4 * (real.channel("IAT")[k] + 1e-6));
        }
        ASSERT_EQ(found.channel("IAT")[0], 0.0f);
      }
      const auto accounting = stage.output<Metrics>("accounting");
      EXPECT_LT(accounting->find("residual_p95")->value, 1e-6);
      EXPECT_EQ(accounting->find("clipped_share")->value, 0.0);
      EXPECT_EQ(accounting->find("payload_changed_share")->value, 0.0);
      EXPECT_EQ(accounting->find("empty_trace_share")->value, 0.0);
      EXPECT_LT(accounting->find("payload_change_max")->value, 0.01);
      EXPECT_EQ(accounting->find("residual_mean")->synthetic_count, 300);
    }
}

TEST(DecodeTraces, RoundsAsAsked) {
  const auto traces = sample_traces(40, 10, 2);
  const auto images = noisy(*images_of(traces, 10), 0.02f);
  const auto decode = [&](const char* round) {
    StageRunner stage(morgana_plugin(), "decode.traces");
    stage.set("round", round).input("images", images).input("train", traces).run();
    return std::pair(stage.output<Traces>("traces"), stage.output<Metrics>("accounting"));
  };
  const auto [none, none_account] = decode("none");
  const auto [byte, byte_account] = decode("byte");
  const auto [seen, seen_account] = decode("seen");
  EXPECT_EQ(none_account->find("payload_changed_share")->value, 0.0);
  EXPECT_GT(none_account->find("clipped_share")->value, 0.0);
  EXPECT_LT(none_account->find("clipped_share")->value, 0.2);
  EXPECT_NEAR(byte_account->find("payload_changed_share")->value, 0.9, 0.05);  // of fractions spread evenly over +-0.5
  EXPECT_NEAR(byte_account->find("payload_change_mean")->value, 0.25, 0.05);
  EXPECT_LE(byte_account->find("payload_change_max")->value, 0.5);
  EXPECT_GT(seen_account->find("payload_change_mean")->value, byte_account->find("payload_change_mean")->value);
  const PayloadSizes sizes(*traces, 10);
  for (std::size_t i = 0; i < none->packets(); ++i)
    ASSERT_EQ(byte->table().channels[0].values[i], std::round(none->table().channels[0].values[i]));
  for (std::size_t row = 0; row < seen->size(); ++row)
    for (std::size_t k = 0; k < seen->packets(row); ++k) {
      const auto packet = (*seen)[row];
      const float size = packet.channel("PL")[k];
      ASSERT_EQ(sizes.nearest(packet.label(), packet.channel("DIR")[k] < 0, size), size);
    }
  EXPECT_NE(seen->table().notes.at("PL").find("training"), std::string::npos);
  EXPECT_GT(seen_account->find("residual_mean")->value, 0.01);
}

TEST(DecodeTraces, GivesAnEmptyTraceOnePacket) {
  const auto images = images_of(sample_traces(5, 6, 3), 6);
  const auto shape = images->shape();
  const auto black = std::make_shared<const Images>(std::vector<float>(2 * shape.pixels(), -1.0f),
                                                    NameColumn{{"a"}, {0, 0}}, images->codec());
  StageRunner stage(morgana_plugin(), "decode.traces");
  stage.input("images", black).run();
  EXPECT_EQ(stage.output<Traces>("traces")->packets(0), 1u);
  EXPECT_EQ(stage.output<Metrics>("accounting")->find("empty_trace_share")->value, 1.0);
  EXPECT_EQ(stage.output<Traces>("traces")->table().counts.at("traces decoded empty, given one packet"), 2);
}

TEST(DecodeTraces, TakesNoImagesForAnAnswer) {
  StageRunner stage(morgana_plugin(), "decode.traces");
  const auto images = images_of(sample_traces(5, 6, 3), 6);
  stage.input("images", std::make_shared<const Images>(std::vector<float>{}, NameColumn{}, images->codec())).run();
  EXPECT_EQ(stage.output<Traces>("traces")->size(), 0u);
}

TEST(DecodeTraces, SeenSizesNeedTheTrainingTraces) {
  StageRunner stage(morgana_plugin(), "decode.traces");
  stage.set("round", "seen").input("images", images_of(sample_traces(5, 6, 3), 6));
  try {
    stage.run();
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "round \"seen\" needs the training traces");
  }
}

TEST(PayloadSizes, ChoosesFromTheClassThenFromAllThenTheByte) {
  TraceTable table;
  table.channels = {{"PL", "bytes", {100, 200, 300, 50}}, {"DIR", "", {1, 1, -1, 1}}};
  table.offsets = {0, 2, 4};
  table.label = {{"a", "b"}, {0, 1}};
  const PayloadSizes sizes(Traces(table), 10);
  EXPECT_EQ(sizes.nearest("a", false, 149), 100.0f);
  EXPECT_EQ(sizes.nearest("a", false, 150), 100.0f);
  EXPECT_EQ(sizes.nearest("a", false, 151), 200.0f);
  EXPECT_EQ(sizes.nearest("a", false, 5000), 200.0f);
  EXPECT_EQ(sizes.nearest("a", true, 1), 300.0f);
  EXPECT_EQ(sizes.nearest("b", false, 5000), 50.0f);
  EXPECT_EQ(sizes.nearest("unknown", false, 120), 100.0f);
  table.channels[1].values.assign(4, 1.0f);
  EXPECT_EQ(PayloadSizes(Traces(table), 10).nearest("a", true, 7.4f), 7.0f);
}

}  // namespace
}  // namespace morgana::decode
