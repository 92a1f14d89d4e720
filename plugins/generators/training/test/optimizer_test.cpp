// SPDX-License-Identifier: Apache-2.0
#include "training/optimizer.hpp"

#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>
#include <torch/optim/adamw.h>

#include "morgana/random.hpp"

namespace morgana::training {
namespace {

void fill_normal(const at::Tensor& tensor, std::uint64_t sample) {
  Random(3, sample).fill_normal({tensor.mutable_data_ptr<float>(), static_cast<std::size_t>(tensor.numel())});
}

TEST(Optimizer, agrees_with_torch_adamw) {
  ParameterList list(5);
  list.add("weight", {37, 11}, Initial::kFanIn, 11);
  list.add("bias", {37}, Initial::kNormal);
  std::vector<at::Tensor> peers;
  for (const auto& tensor : list.tensors()) peers.push_back(tensor.detach().clone().requires_grad_(true));
  FlatParameters flat(list);
  torch::optim::AdamW peer(peers, torch::optim::AdamWOptions(3e-3).betas({0.8, 0.95}).eps(1e-7).weight_decay(0.05));
  for (std::int64_t step = 1; step <= 20; ++step) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      fill_normal(list.tensors()[i].grad(), static_cast<std::uint64_t>(step) * 2 + i);
      peers[i].mutable_grad() = list.tensors()[i].grad().clone();
    }
    peer.step();
    optimize(flat, {.rate = 3e-3, .beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-7, .weight_decay = 0.05}, step, 0.9);
    for (std::size_t i = 0; i < list.size(); ++i)
      EXPECT_LT((list.tensors()[i] - peers[i]).abs().max().item<float>(), 1e-6f) << step;
  }
  EXPECT_EQ(flat.gradients.abs().max().item<float>(), 0);
}

TEST(Optimizer, averages_as_a_formula) {
  ParameterList list(5);
  list.add("weight", {100}, Initial::kNormal);
  FlatParameters flat(list);
  auto average = flat.parameters.clone();
  for (std::int64_t step = 1; step <= 5; ++step) {
    fill_normal(flat.gradients, static_cast<std::uint64_t>(step));
    optimize(flat, {.rate = 0.1}, step, 0.75);
    average = 0.75 * average + 0.25 * flat.parameters;
    EXPECT_LT((flat.average - average).abs().max().item<float>(), 1e-6f);
  }
}

TEST(Optimizer, clips_the_norm_of_the_whole_gradient) {
  // With beta1 0.5 and epsilon 1, a step shows the gradient's length.
  ParameterList list(5), same(5);
  list.add("weight", {4}, Initial::kZero), same.add("weight", {4}, Initial::kZero);
  FlatParameters flat(list), clipped(same);
  flat.gradients.fill_(0.5f), clipped.gradients.fill_(50.0f);
  optimize(flat, {.rate = 0.1, .epsilon = 1}, 1, 0);
  optimize(clipped, {.rate = 0.1, .epsilon = 1, .clip = 1}, 1, 0);
  EXPECT_LT((flat.parameters - clipped.parameters).abs().max().item<float>(), 1e-6f);
}

TEST(Optimizer, average_warms_up) {
  EXPECT_DOUBLE_EQ(average_decay_at(1, 0.9999, true), 2.0 / 11);
  EXPECT_DOUBLE_EQ(average_decay_at(2000, 0.9999, true), 2001.0 / 2010);
  EXPECT_DOUBLE_EQ(average_decay_at(1000000, 0.9999, true), 0.9999);
  EXPECT_DOUBLE_EQ(average_decay_at(1, 0.9999, false), 0.9999);
}

TEST(Optimizer, rate_rises_and_falls) {
  EXPECT_DOUBLE_EQ(rate_factor(1, 0, 0.5, false), 1);
  EXPECT_DOUBLE_EQ(rate_factor(5, 10, 0, false), 0.5);
  EXPECT_DOUBLE_EQ(rate_factor(100, 10, 0.5, true), 0.5);
  EXPECT_NEAR(rate_factor(100, 10, 1, true), 0, 1e-15);
}

}  // namespace
}  // namespace morgana::training
