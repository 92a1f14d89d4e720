// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "morgana/images.hpp"
#include "morgana/testing.hpp"
#include "sample_traces.hpp"

namespace morgana::gramian {
namespace {

using testing::sample_traces;
using testing::StageRunner;

TEST(EncodeGasf, FitsOnTracesAndAppliesToOthers) {
  const auto train = sample_traces(20, 12, 1), others = sample_traces(7, 30, 2);
  StageRunner stage(morgana_plugin(), "encode.gasf");
  stage.input("traces", train).input("apply", others).run();
  const auto images = stage.output<Images>("images"), applied = stage.output<Images>("applied");
  EXPECT_EQ(images->size(), 20u);
  EXPECT_EQ(images->shape(), (ImageShape{2, 12, 12}));
  EXPECT_EQ(images->codec()->kind(), "gasf");
  EXPECT_EQ(images->class_names(), train->class_names());
  EXPECT_EQ(applied->size(), 7u);
  EXPECT_EQ(applied->codec(), images->codec());
}

TEST(EncodeGadf, WithoutOtherTracesAppliedIsEmpty) {
  StageRunner stage(morgana_plugin(), "encode.gadf");
  stage.input("traces", sample_traces(5, 300, 1))
      .set("channels", std::vector<std::string>{"PL"})
      .set("level", "first-packet")
      .run();
  EXPECT_EQ(stage.output<Images>("applied")->size(), 0u);
  EXPECT_EQ(stage.output<Images>("images")->shape(), (ImageShape{1, 256, 256}));
}

TEST(EncodeGasf, ImagesSurviveSavingAndLoading) {
  StageRunner stage(morgana_plugin(), "encode.gasf");
  stage.input("traces", sample_traces(9, 10, 1))
      .set("packets", 10)
      .set("size", 16)
      .set("gamma", ParameterValue(0.25))
      .run();
  const auto images = stage.output<Images>("images");
  const auto file = stage.context.root() / "images.safetensors";
  images->save(file);
  const auto again = Images::load(file);
  const std::vector<std::size_t> rows{3, 0, 8};
  std::vector<float> before(3 * images->shape().pixels()), after(before.size());
  images->batch(rows, before);
  again->batch(rows, after);
  EXPECT_EQ(before, after);
}

std::string error_of(StageRunner& stage) {
  try {
    stage.run();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(EncodeGasf, SaysWhichChannelsThereAre) {
  StageRunner stage(morgana_plugin(), "encode.gasf");
  stage.input("traces", sample_traces(3, 4, 1)).set("channels", std::vector<std::string>{"PL", "RTT"});
  const auto text = error_of(stage);
  EXPECT_NE(text.find("RTT"), std::string::npos) << text;
  EXPECT_NE(text.find("PL, IAT, DIR, WIN"), std::string::npos) << text;
}

TEST(EncodeGasf, RefusesWhatCannotBeUndone) {
  StageRunner stage(morgana_plugin(), "encode.gasf");
  stage.input("traces", sample_traces(3, 4, 1)).set("channels", std::vector<std::string>{"PL*IAT"});
  EXPECT_EQ(error_of(stage), "the product \"PL*IAT\" cannot be taken apart again");
  StageRunner twice(morgana_plugin(), "encode.gasf");
  twice.input("traces", sample_traces(3, 4, 1)).set("channels", std::vector<std::string>{"PL", "PL*DIR"});
  EXPECT_EQ(error_of(twice), "\"channels\" holds PL twice: decoding would not know which to take");
  StageRunner empty(morgana_plugin(), "encode.gasf");
  empty.input("traces", std::make_shared<const Traces>());
  EXPECT_EQ(error_of(empty), "there are no traces to fit the scales on");
  StageRunner one(morgana_plugin(), "encode.gasf");
  one.input("traces", sample_traces(3, 4, 1)).set("packets", 1);
  EXPECT_EQ(error_of(one), "a series of 1 packet is no series");
}

}  // namespace
}  // namespace morgana::gramian
