// SPDX-License-Identifier: Apache-2.0
#include <ATen/Context.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "morgana/model.hpp"
#include "morgana/tensor.hpp"
#include "morgana/testing.hpp"
#include "training/test/tiny_images.hpp"

/// A generator's stages on a GPU and on the CPU; MORGANA_GENERATOR is its name.
namespace morgana::testing {
namespace {

constexpr std::string_view kGenerator = MORGANA_GENERATOR;
constexpr Device kCpu{Device::Kind::kCpu, 0}, kCuda{Device::Kind::kCuda, 0};
constexpr std::int64_t kSteps = 12;

std::string stage(const char* verb) { return std::string(verb) + "." + std::string(kGenerator); }

/// A training of seconds, in float32: the devices are compared, not the formats of numbers.
StageRunner& tiny(StageRunner& train) {
  if (kGenerator == "ddpm")
    train.set("multipliers", std::vector<std::int64_t>{1, 2})
        .set("heads", 2)
        .set("warm_up", 2)
        .set("diffusion_steps", 100)
        .set("precision", "fp32");
  else train.set("levels", 1).set("critic_steps", 2).set("latent", 8);
  return train.set("channels", 16)
      .set("batch", 16)
      .set("steps", static_cast<int>(kSteps))
      .input("images", tiny_images(37, {1, 5, 5}));
}

std::shared_ptr<const Model> trained(Device device) {
  StageRunner train(morgana_plugin(), stage("train"));
  train.context.device_ = device;
  return tiny(train).run().output<Model>("model");
}

std::shared_ptr<const Images> drawn(const std::shared_ptr<const Model>& model, Device device) {
  StageRunner sample(morgana_plugin(), stage("sample"));
  sample.context.device_ = device;
  sample.input("model", model).set("per_class", 20);
  if (kGenerator == "ddpm") sample.set("sampler", "ddim").set("steps", 10).set("precision", "fp32");
  return sample.run().output<Images>("images");
}

class Gpu : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!cuda_fault().empty()) GTEST_SKIP() << "no GPU: " << cuda_fault();
    // cuDNN rounds float32 to 10 bits of mantissa unless told not to.
    at::globalContext().setAllowTF32CuDNN(false);
    at::globalContext().setAllowTF32CuBLAS(false);
  }
};

/// The first losses come from equal weights, noise and batches; later ones drift apart with every rounding.
void expect_near(const std::vector<TrainingCurve>& gpu, const std::vector<TrainingCurve>& cpu) {
  ASSERT_EQ(gpu.size(), cpu.size());
  for (std::size_t i = 0; i < cpu.size(); ++i) {
    ASSERT_EQ(gpu[i].y.size(), static_cast<std::size_t>(kSteps));
    ASSERT_EQ(cpu[i].y.size(), static_cast<std::size_t>(kSteps));
    for (std::size_t step = 0; step < cpu[i].y.size(); ++step) {
      const double share = step == 0 ? 1e-3 : 0.05;
      EXPECT_NEAR(gpu[i].y[step], cpu[i].y[step], share * std::max(std::abs(cpu[i].y[step]), 0.1))
          << cpu[i].name << ", step " << step;
    }
  }
}

TEST_F(Gpu, trains_as_the_cpu_does) { expect_near(trained(kCuda)->curves, trained(kCpu)->curves); }

TEST_F(Gpu, samples_as_the_cpu_does) {
  const auto model = trained(kCpu);
  const auto gpu = drawn(model, kCuda), cpu = drawn(model, kCpu);
  ASSERT_EQ(gpu->size(), cpu->size());
  float furthest = 0;
  for (std::size_t i = 0; i < cpu->pixels().size(); ++i) {
    ASSERT_TRUE(std::isfinite(gpu->pixels()[i]));
    furthest = std::max(furthest, std::abs(gpu->pixels()[i] - cpu->pixels()[i]));
  }
  EXPECT_LT(furthest, 1e-3f);  // of pixels in [-1, 1]
  RecordProperty("furthest", std::to_string(furthest));
}

TEST_F(Gpu, trains_in_its_own_format) {
  if (kGenerator != "ddpm") GTEST_SKIP() << "only the DDPM has a choice of formats";
  StageRunner train(morgana_plugin(), stage("train"));
  train.context.device_ = kCuda;
  const auto model = tiny(train).set("precision", "auto").run().output<Model>("model");
  for (const double loss : model->curves.front().y) EXPECT_TRUE(std::isfinite(loss));
}

TEST_F(Gpu, a_checkpoint_goes_on_on_the_cpu) {
  StageRunner stopped(morgana_plugin(), stage("train")), resumed(morgana_plugin(), stage("train"));
  auto& context = stopped.context;
  context.device_ = kCuda;
  context.stop_after = 8;
  EXPECT_THROW(tiny(stopped).run(), Stopped);
  context.stop = false, context.stop_after = 0;
  context.device_ = kCpu;
  const auto model = tiny(resumed).run(context).output<Model>("model");
  EXPECT_EQ(context.messages.back(), "goes on from the checkpoint at step 8");
  EXPECT_EQ(model->facts.at("steps"), kSteps);
  expect_near(model->curves, trained(kCpu)->curves);
}

}  // namespace
}  // namespace morgana::testing
