// SPDX-License-Identifier: Apache-2.0
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include <set>

#include "morgana/tensor.hpp"
#include "morgana/testing.hpp"
#include "tiny_images.hpp"
#include "training/batch_order.hpp"
#include "training/checkpoint.hpp"
#include "training/layers.hpp"
#include "training/loop.hpp"
#include "training/optimizer.hpp"
#include "training/training_images.hpp"

namespace morgana::training {
namespace {

using testing::TestContext;

TEST(BatchOrder, goes_through_all_rows_each_pass) {
  BatchOrder order(1, {10, 11, 12, 13, 14, 15, 16}, 3);
  std::vector<std::size_t> drawn;
  for (std::int64_t step = 0; step < 14; ++step)
    for (const auto row : order.rows(step)) drawn.push_back(row);
  for (std::size_t pass = 0; pass < 6; ++pass)
    EXPECT_EQ(std::set<std::size_t>(drawn.begin() + static_cast<std::ptrdiff_t>(7 * pass),
                                    drawn.begin() + static_cast<std::ptrdiff_t>(7 * pass + 7))
                  .size(),
              7u);
  EXPECT_NE(std::vector(drawn.begin(), drawn.begin() + 7), std::vector(drawn.begin() + 7, drawn.begin() + 14));
  // A resumed training starts in the middle.
  BatchOrder later(1, {10, 11, 12, 13, 14, 15, 16}, 3);
  EXPECT_EQ(later.rows(9), std::vector(drawn.begin() + 27, drawn.begin() + 30));
}

TEST(TrainingImages, leaves_out_what_has_no_class) {
  const ImageShape shape{2, 2, 2};
  std::vector<float> pixels;
  for (int i = 0; i < 3; ++i)
    for (int p = 0; p < 8; ++p) pixels.push_back(p < 4 ? static_cast<float>(i) * 0.5f : 0.25f);
  TestContext context;
  const Images images(pixels, NameColumn{{"a", "b"}, {1, -1, 1}}, std::make_shared<const testing::TinyCodec>(shape));
  const TrainingImages data(images, context);
  EXPECT_EQ(data.rows(), (std::vector<std::size_t>{0, 2}));
  EXPECT_EQ(data.class_counts(), (std::vector<std::int64_t>{0, 2}));
  ASSERT_EQ(context.messages.size(), 1u);
  EXPECT_EQ(context.messages[0], "1 of 3 images have no class and are left out");
  std::vector<double> mean, deviation;
  data.moments(mean, deviation);
  EXPECT_EQ(mean, (std::vector<double>{0.5, 0.25}));
  EXPECT_EQ(deviation, (std::vector<double>{0.5, 1}));
}

TEST(TrainingImages, refuses_images_without_any_class) {
  TestContext context;
  const Images images(std::vector<float>(4), NameColumn{{}, {-1}},
                      std::make_shared<const testing::TinyCodec>(ImageShape{1, 2, 2}));
  EXPECT_THROW(TrainingImages(images, context), Error);
}

TEST(Checkpoint, is_replaced_whole) {
  TestContext context;
  EXPECT_TRUE(read_checkpoint(context.checkpoints()).arrays.empty());
  for (const double value : {1.0, 2.0}) {
    Archive archive;
    archive.arrays["x"] = Array::of(std::vector<double>{value});
    write_checkpoint(context.checkpoints(), archive);
    EXPECT_EQ(read_checkpoint(context.checkpoints()).array("x").as<double>()[0], value);
  }
  EXPECT_FALSE(std::filesystem::exists(context.checkpoints() / "checkpoint.safetensors.tmp"));
}

TEST(Doubled, cuts_to_the_size_asked) {
  const auto maps = to_tensor(Array::of(std::vector<float>{1, 2, 3, 4}, {1, 1, 2, 2}));
  const auto large = doubled(maps, 3, 4);
  EXPECT_EQ(large.sizes(), (std::vector<std::int64_t>{1, 1, 3, 4}));
  EXPECT_EQ(large.select(2, 2).flatten()[0].item<float>(), 3);
}

/// Fits a linear layer to a line: a training small enough for a test.
struct Fit {
  explicit Fit(Context& context, LoopSettings settings) : list(1) {
    layer = Linear(list, "layer", 2, 1);
    flat = std::make_unique<FlatParameters>(list);
    loop = std::make_unique<Loop>(context, settings, std::map<std::string, FlatParameters*>{{"layer", flat.get()}},
                                  std::vector<std::string>{"loss", "twice"});
  }
  void run() {
    loop->run([&](std::int64_t step, double) -> std::vector<at::Tensor> {
      const std::vector<std::uint64_t> samples{static_cast<std::uint64_t>(step)};
      const auto x = normal_noise(4, samples, 0, {8, 2}, at::kCPU).squeeze(0);
      const auto loss = (layer(x) - x.sum(1, true)).square().mean();
      loss.backward();
      optimize(*flat, {.rate = 0.01}, step + 1, average_decay_at(step + 1, 0.999, true));
      return {loss.detach(), 2 * loss.detach()};
    });
  }
  ParameterList list;
  Linear layer;
  std::unique_ptr<FlatParameters> flat;
  std::unique_ptr<Loop> loop;
};

TEST(Loop, learns_and_keeps_short_curves) {
  TestContext context;
  Fit fit(context, {.steps = 2500});
  fit.run();
  const auto curves = fit.loop->curves();
  ASSERT_EQ(curves.size(), 2u);
  EXPECT_EQ(curves[0].name, "loss");
  EXPECT_LE(curves[0].x.size(), 1000u);
  EXPECT_GE(curves[0].x.size(), 500u);
  EXPECT_EQ(curves[0].x.back(), 2500);
  EXPECT_LT(curves[0].y.back(), 1e-4);
  EXPECT_GT(curves[0].y.front(), 0.1);
  EXPECT_NEAR(curves[1].y.front(), 2 * curves[0].y.front(), 1e-6);
  EXPECT_EQ(context.last_done, 2500u);
}

TEST(Loop, goes_on_after_a_stop_to_the_same_bits) {
  TestContext whole_context, context;
  Fit whole(whole_context, {.steps = 1203});
  whole.run();
  context.stop_after = 700;
  {
    Fit stopped(context, {.steps = 1203});
    EXPECT_THROW(stopped.run(), Stopped);
  }
  context.stop = false, context.stop_after = 0;
  Fit resumed(context, {.steps = 1203, .checkpoint_seconds = 0});  // and a checkpoint after each step
  resumed.run();
  EXPECT_TRUE(whole.flat->parameters.equal(resumed.flat->parameters));
  EXPECT_TRUE(whole.flat->average.equal(resumed.flat->average));
  EXPECT_EQ(whole.loop->curves()[0].y, resumed.loop->curves()[0].y);
  EXPECT_EQ(whole.loop->curves()[0].x, resumed.loop->curves()[0].x);
}

TEST(Loop, refuses_the_checkpoint_of_another_network) {
  TestContext context;
  Archive archive;
  for (const char* name : {"layer.parameters", "layer.first_moment", "layer.second_moment", "layer.average"})
    archive.arrays[name] = Array::of(std::vector<float>{1});
  write_checkpoint(context.checkpoints(), archive);
  Fit fit(context, {.steps = 3});
  EXPECT_THROW(fit.run(), Error);
}

TEST(Loop, ends_with_its_time) {
  TestContext context;
  Fit fit(context, {.steps = 1000000000, .minutes = 1e-3});
  fit.run();
  EXPECT_LT(fit.loop->steps_done(), 1000000000);
  EXPECT_GT(fit.loop->steps_done(), 0);
}

}  // namespace
}  // namespace morgana::training
