// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "morgana/model.hpp"
#include "morgana/testing.hpp"
#include "training/test/tiny_images.hpp"

namespace morgana::testing {
namespace {

/// A network and a training of a second.
StageRunner& tiny(StageRunner& stage) {
  return stage.set("channels", 16)
      .set("multipliers", std::vector<std::int64_t>{1, 2})
      .set("heads", 2)
      .set("batch", 16)
      .set("steps", 12)
      .set("warm_up", 2)
      .set("diffusion_steps", 100)
      .input("images", tiny_images(37, {1, 5, 5}));
}

std::string trained_bytes(StageRunner& stage) {
  return saved_bytes(*stage.output<Model>("model"), stage.context.root() / "model.safetensors");
}

TEST(TrainDdpm, gives_the_same_bytes_twice) {
  StageRunner first(morgana_plugin(), "train.ddpm"), second(morgana_plugin(), "train.ddpm"),
      other(morgana_plugin(), "train.ddpm");
  const auto bytes = trained_bytes(tiny(first).run());
  EXPECT_EQ(bytes, trained_bytes(tiny(second).run()));
  EXPECT_NE(bytes, trained_bytes(tiny(other).seed(8).run()));
  const auto model = first.output<Model>("model");
  EXPECT_EQ(model->kind, "ddpm");
  EXPECT_EQ(model->class_counts, (std::vector<std::int64_t>{19, 18}));
  EXPECT_EQ(model->facts.at("steps"), 12);
  EXPECT_EQ(model->curves.size(), 2u);
}

TEST(TrainDdpm, goes_on_after_a_stop_to_the_same_bytes) {
  for (const bool all : {false, true}) {
    const auto with = [&](StageRunner& stage) -> StageRunner& {
      tiny(stage);
      // What draws random numbers of its own, or reads a file at the start.
      if (all)
        stage.set("dropout", ParameterValue(0.1))
            .set("label_dropout", ParameterValue(0.2))
            .set("timesteps", "uniform")
            .set("prediction", "epsilon")
            .set("min_snr_gamma", ParameterValue(5.0));
      return stage;
    };
    StageRunner whole(morgana_plugin(), "train.ddpm"), stopped(morgana_plugin(), "train.ddpm"),
        resumed(morgana_plugin(), "train.ddpm");
    const auto bytes = trained_bytes(with(whole).run());
    stopped.context.stop_after = 8;
    EXPECT_THROW(with(stopped).run(), Stopped);
    stopped.context.stop = false, stopped.context.stop_after = 0;
    with(resumed).run(stopped.context);
    EXPECT_EQ(bytes, trained_bytes(resumed));
    EXPECT_EQ(stopped.context.messages.back(), "goes on from the checkpoint at step 8");
  }
}

TEST(TrainDdpm, starts_from_given_weights) {
  StageRunner first(morgana_plugin(), "train.ddpm"), second(morgana_plugin(), "train.ddpm"),
      third(morgana_plugin(), "train.ddpm");
  tiny(first).run();
  const auto file = first.context.root() / "initial.safetensors";
  first.output<Model>("model")->save(file);
  tiny(second).set("initial", file.c_str()).set("learning_rate", ParameterValue(0.0)).run();
  const auto before = first.output<Model>("model"), after = second.output<Model>("model");
  for (const auto& [name, array] : before->weights)
    EXPECT_EQ(array.to_vector<float>(), after->weights.at(name).to_vector<float>()) << name;
  EXPECT_THROW(tiny(third).set("channels", 32).set("initial", file.c_str()).run(), Error);
}

/// A model good enough to be looked at, trained once.
const Model& learned() {
  static const auto model = [] {
    StageRunner stage(morgana_plugin(), "train.ddpm");
    tiny(stage).set("steps", 150).set("batch", 32).set("label_dropout", ParameterValue(0.1)).run();
    return stage.output<Model>("model");
  }();
  return *model;
}

std::shared_ptr<const Images> drawn(const std::function<void(StageRunner&)>& with) {
  StageRunner stage(morgana_plugin(), "sample.ddpm");
  stage.input("model", std::make_shared<const Model>(learned())).set("per_class", 20);
  with(stage);
  return stage.run().output<Images>("images");
}

/// Share of images whose ramp runs as their class says.
double right_way(const Images& images) {
  const std::size_t each = images.shape().pixels();
  int right = 0;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto pixels = images.pixels().subspan(i * each, each);
    right += (pixels.back() > pixels.front()) == (images.labels()[i] == 0) ? 1 : 0;
  }
  return right / static_cast<double>(images.size());
}

TEST(TrainDdpm, learns) {
  const auto& loss = learned().curves.at(0).y;
  EXPECT_LT(loss.back(), 0.3 * loss.front());
}

TEST(SampleDdpm, draws_its_classes_with_every_sampler) {
  for (const char* sampler : {"ancestral", "ddim", "solver"}) {
    const auto images = drawn([&](StageRunner& stage) { stage.set("sampler", sampler).set("steps", 25); });
    EXPECT_EQ(images->size(), 40u);
    EXPECT_GE(right_way(*images), 0.95) << sampler;
    for (const float pixel : images->pixels()) ASSERT_LE(std::abs(pixel), 1) << sampler;
  }
  EXPECT_EQ(drawn([](StageRunner& stage) { stage.set("per_class", 0).set("steps", 2); })->size(), 37u);
}

TEST(SampleDdpm, gives_the_same_samples_in_any_batch) {
  for (const char* sampler : {"ancestral", "solver"}) {
    const auto with = [&](int batch) {
      return drawn([&](StageRunner& stage) { stage.set("sampler", sampler).set("steps", 20).set("batch", batch); });
    };
    const auto small = with(3), large = with(64);
    float furthest = 0;
    for (std::size_t i = 0; i < small->pixels().size(); ++i)
      furthest = std::max(furthest, std::abs(small->pixels()[i] - large->pixels()[i]));
    EXPECT_LT(furthest, 1e-4f) << sampler;
    RecordProperty(std::string("furthest_") + sampler, std::to_string(furthest));
  }
}

TEST(SampleDdpm, follows_guidance) {
  const auto images = drawn([](StageRunner& stage) { stage.set("guidance", ParameterValue(2.0)).set("steps", 10); });
  EXPECT_GE(right_way(*images), 0.95);
}

TEST(SampleDdpm, refuses_what_the_model_cannot_do) {
  StageRunner train(morgana_plugin(), "train.ddpm"), sample(morgana_plugin(), "sample.ddpm");
  tiny(train).set("steps", 1).run();
  const auto model = train.output<Model>("model");
  EXPECT_THROW(sample.input("model", model).set("guidance", ParameterValue(2.0)).run(), Error);
  EXPECT_THROW(drawn([](StageRunner& stage) { stage.set("steps", 101); }), Error);
  auto other = std::make_shared<Model>(*model);
  other->kind = "gan";
  StageRunner third(morgana_plugin(), "sample.ddpm");
  EXPECT_THROW(third.input("model", other).run(), Error);
}

}  // namespace
}  // namespace morgana::testing
