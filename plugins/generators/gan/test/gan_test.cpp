// SPDX-License-Identifier: Apache-2.0
#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include <cmath>

#include "morgana/model.hpp"
#include "morgana/tensor.hpp"
#include "morgana/testing.hpp"
#include "networks.hpp"
#include "penalty.hpp"
#include "training/test/tiny_images.hpp"
#include "training/training_images.hpp"

namespace morgana::testing {
namespace {

TEST(Penalty, of_a_linear_critic_is_known) {
  // The gradient of a sum of pixels is 1 everywhere: its norm is the root of their number.
  const std::vector<std::uint64_t> samples{0, 1, 2};
  const auto real = normal_noise(1, samples, 0, {1, 3, 3}, at::kCPU),
             fake = normal_noise(1, samples, 1, {1, 3, 3}, at::kCPU);
  const auto score = [](const at::Tensor& images) { return images.sum({1, 2, 3}); };
  const auto share = training::uniform_noise(1, samples, 2, {1, 1, 1}, at::kCPU);
  EXPECT_NEAR(gan::gradient_penalty(score, real, fake, share).item<double>(), 4, 1e-5);
}

TEST(Penalty, looks_between_real_and_fake) {
  // Of x^2 / 2 the gradient is x itself, so the penalty tells where it looked.
  const std::vector<std::uint64_t> samples{0, 1};
  const auto real = at::full({2, 1, 1, 1}, 5.0f), fake = at::full({2, 1, 1, 1}, 1.0f);
  const auto score = [](const at::Tensor& images) { return (images.square() / 2).sum({1, 2, 3}); };
  const auto share = at::tensor(std::vector<float>{0.25f, 0.75f}).view({2, 1, 1, 1});
  EXPECT_NEAR(gan::gradient_penalty(score, real, fake, share).item<double>(), (1.0 + 9.0) / 2, 1e-5);  // at 2 and 4
}

TEST(Penalty, has_the_gradient_of_finite_differences) {
  // A smooth critic in float64: at the kinks of a rectifier the penalty itself jumps.
  const std::vector<std::uint64_t> samples{0, 1, 2, 3};
  const auto normal = [&](std::uint32_t step, at::IntArrayRef shape) {
    return normal_noise(1, samples, step, shape, at::kCPU).to(at::kDouble);
  };
  const auto real = normal(0, {2, 5, 6}), fake = normal(1, {2, 5, 6});
  const auto share = training::uniform_noise(1, samples, 2, {1, 1, 1}, at::kCPU).to(at::kDouble);
  auto inner = (0.3 * normal(3, {60, 2}).reshape({60, 8})).requires_grad_(true);
  auto outer = normal(4, {2}).reshape({8}).requires_grad_(true);
  const auto penalty = [&] {
    const auto score = [&](const at::Tensor& images) { return images.flatten(1).mm(inner).tanh().mv(outer); };
    return gan::gradient_penalty(score, real, fake, share);
  };
  penalty().backward();
  std::uint32_t stream = 5;
  for (at::Tensor tensor : {inner, outer}) {
    const auto direction = normal(stream++, {tensor.numel() / 4}).reshape(tensor.sizes());
    const double expected = (tensor.grad() * direction).sum().item<double>();
    constexpr double kStep = 1e-5;
    const auto moved = [&](double by) {
      {
        const at::NoGradGuard no_gradient;
        tensor.add_(by * direction);
      }
      const double value = penalty().item<double>();
      const at::NoGradGuard no_gradient;
      tensor.sub_(by * direction);
      return value;
    };
    EXPECT_NEAR((moved(kStep) - moved(-kStep)) / (2 * kStep), expected, 1e-6 * std::abs(expected) + 1e-8);
  }
}

TEST(Generator, keeps_odd_sizes) {
  for (const std::int64_t side : {2, 5, 10, 13}) {
    training::ParameterList list(3);
    const gan::Generator generator(
        {.image_channels = 2, .height = side, .width = side + 1, .classes = 2, .latent = 4, .channels = 8}, list);
    const std::vector<std::uint64_t> samples{0, 1};
    const auto images =
        generator(normal_noise(1, samples, 0, {4}, at::kCPU), at::tensor(std::vector<std::int64_t>{0, 1}));
    EXPECT_EQ(images.sizes(), (std::vector<std::int64_t>{2, 2, side, side + 1}));
  }
}

StageRunner& tiny(StageRunner& stage) {
  return stage.set("channels", 8)
      .set("levels", 1)
      .set("batch", 16)
      .set("critic_steps", 2)
      .set("steps", 10)
      .set("latent", 8)
      .input("images", tiny_images(37, {1, 5, 5}));
}

std::string trained_bytes(StageRunner& stage) {
  return saved_bytes(*stage.output<Model>("model"), stage.context.root() / "model.safetensors");
}

TEST(TrainGan, gives_the_same_bytes_twice) {
  StageRunner first(morgana_plugin(), "train.gan"), second(morgana_plugin(), "train.gan");
  EXPECT_EQ(trained_bytes(tiny(first).run()), trained_bytes(tiny(second).run()));
}

TEST(TrainGan, goes_on_after_a_stop_to_the_same_bytes) {
  StageRunner whole(morgana_plugin(), "train.gan"), stopped(morgana_plugin(), "train.gan"),
      resumed(morgana_plugin(), "train.gan");
  const auto bytes = trained_bytes(tiny(whole).run());
  stopped.context.stop_after = 8;
  EXPECT_THROW(tiny(stopped).run(), Stopped);
  stopped.context.stop = false, stopped.context.stop_after = 0;
  tiny(resumed).run(stopped.context);
  EXPECT_EQ(bytes, trained_bytes(resumed));
}

TEST(SampleGan, draws_the_classes_it_learned_in_any_batch) {
  StageRunner train(morgana_plugin(), "train.gan");
  tiny(train).set("steps", 150).set("batch", 32).set("learning_rate", ParameterValue(2e-3)).run();
  const auto with = [&](int batch) {
    StageRunner sample(morgana_plugin(), "sample.gan");
    return sample.input("model", train.output<Model>("model"))
        .set("per_class", 20)
        .set("batch", batch)
        .run()
        .output<Images>("images");
  };
  const auto images = with(64), again = with(3);
  int right = 0;
  for (std::size_t i = 0; i < images->size(); ++i) {
    const auto pixels = images->pixels().subspan(i * 25, 25), same = again->pixels().subspan(i * 25, 25);
    right += (pixels.back() > pixels.front()) == (images->labels()[i] == 0) ? 1 : 0;
    for (std::size_t p = 0; p < 25; ++p) ASSERT_NEAR(pixels[p], same[p], 1e-4f);
  }
  EXPECT_GE(right, 36);
}

}  // namespace
}  // namespace morgana::testing
