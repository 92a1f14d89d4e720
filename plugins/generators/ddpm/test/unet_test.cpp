// SPDX-License-Identifier: Apache-2.0
#include "unet.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "morgana/error.hpp"
#include "morgana/tensor.hpp"

namespace morgana::ddpm {
namespace {

using training::ParameterList;

const UNetConfiguration kNetDiffus{.in_channels = 3,
                                   .out_channels = 6,
                                   .height = 128,
                                   .width = 128,
                                   .classes = 20,
                                   .channels = 128,
                                   .multipliers = {1, 1, 2, 3, 4},
                                   .residual_blocks = 3,
                                   .attention = 16,
                                   .heads = 4};

at::Tensor shape_of(const ParameterList& list, const std::string& name) {
  const auto found = std::find(list.names().begin(), list.names().end(), name);
  if (found == list.names().end()) throw Error("no parameter {}", name);
  return list.tensors()[static_cast<std::size_t>(found - list.names().begin())];
}

TEST(UNet, is_that_of_netdiffus) {
  ParameterList list(0, at::kMeta);
  const UNet network(kNetDiffus, list);
  EXPECT_EQ(list.size(), 533u);
  EXPECT_EQ(list.elements(), 125080838);
}

TEST(UNet, has_the_names_and_shapes_of_guided_diffusion) {
  ParameterList list(0, at::kMeta);
  const UNet network(kNetDiffus, list);
  const std::vector<std::pair<std::string, std::vector<std::int64_t>>> known{
      {"time_embed.0.weight", {512, 128}},
      {"time_embed.2.bias", {512}},
      {"label_emb.weight", {20, 512}},
      {"input_blocks.0.0.weight", {128, 3, 3, 3}},
      {"input_blocks.1.0.in_layers.0.weight", {128}},
      {"input_blocks.1.0.in_layers.2.weight", {128, 128, 3, 3}},
      {"input_blocks.1.0.emb_layers.1.weight", {256, 512}},
      {"input_blocks.1.0.out_layers.0.bias", {128}},
      {"input_blocks.1.0.out_layers.3.weight", {128, 128, 3, 3}},
      {"input_blocks.4.0.op.weight", {128, 128, 3, 3}},
      {"input_blocks.9.0.skip_connection.weight", {256, 128, 1, 1}},
      {"input_blocks.13.1.qkv.weight", {1152, 384, 1}},
      {"input_blocks.16.0.op.bias", {384}},
      {"input_blocks.19.1.proj_out.weight", {512, 512, 1}},
      {"middle_block.0.in_layers.0.weight", {512}},
      {"middle_block.1.norm.weight", {512}},
      {"middle_block.2.out_layers.3.bias", {512}},
      {"output_blocks.0.0.in_layers.2.weight", {512, 1024, 3, 3}},
      {"output_blocks.3.2.conv.weight", {512, 512, 3, 3}},
      {"output_blocks.11.1.conv.weight", {256, 256, 3, 3}},
      {"output_blocks.19.0.skip_connection.bias", {128}},
      {"out.0.weight", {128}},
      {"out.2.weight", {6, 128, 3, 3}}};
  for (const auto& [name, shape] : known) EXPECT_EQ(shape_of(list, name).sizes().vec(), shape) << name;
}

TEST(UNet, keeps_odd_sizes) {
  for (const auto& [height, width] :
       std::vector<std::pair<std::int64_t, std::int64_t>>{{10, 10}, {7, 13}, {5, 3}, {2, 2}}) {
    ParameterList list(0);
    const UNet network({.in_channels = 2,
                        .out_channels = 4,
                        .height = height,
                        .width = width,
                        .classes = 3,
                        .channels = 8,
                        .multipliers = {1, 2, 2},
                        .heads = 2},
                       list);
    const std::vector<std::uint64_t> samples{0, 1, 2};
    const at::NoGradGuard no_gradient;
    const auto out = network(normal_noise(1, samples, 0, {2, height, width}, at::kCPU), at::full({3}, 17.0),
                             at::tensor(std::vector<std::int64_t>{0, 1, 2}));
    EXPECT_EQ(out.sizes(), (std::vector<std::int64_t>{3, 4, height, width}));
    EXPECT_EQ(out.abs().max().item<float>(), 0);  // the last convolution starts at zero
  }
}

/// A small network whose zero-started layers are filled, so that its output shows all of it.
struct Filled {
  explicit Filled(const UNetConfiguration& configuration) : list(0), network(configuration, list) {
    const at::NoGradGuard no_gradient;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::vector<std::uint64_t> sample{i};
      list.tensors()[i].add_(0.05 * normal_noise(9, sample, 0, list.tensors()[i].sizes(), at::kCPU).squeeze(0));
    }
  }
  ParameterList list;
  UNet network;
};

TEST(UNet, sees_step_and_class) {
  const Filled filled({.in_channels = 1,
                       .out_channels = 1,
                       .height = 8,
                       .width = 8,
                       .classes = 2,
                       .channels = 16,
                       .multipliers = {1, 2},
                       .heads = 2});
  const at::NoGradGuard no_gradient;
  const std::vector<std::uint64_t> samples{0};
  const auto image = normal_noise(1, samples, 0, {1, 8, 8}, at::kCPU);
  const auto run = [&](double step, std::int64_t label) {
    return filled.network(image, at::full({1}, step), at::tensor(std::vector<std::int64_t>{label}));
  };
  const auto out = run(10, 0);
  EXPECT_TRUE(out.equal(run(10, 0)));
  EXPECT_GT((out - run(500, 0)).abs().max().item<float>(), 1e-4);
  EXPECT_GT((out - run(10, 1)).abs().max().item<float>(), 1e-4);
}

TEST(UNet, loads_a_state_dict_key_for_key) {
  const UNetConfiguration small{.height = 4, .width = 4, .channels = 8, .multipliers = {1}, .heads = 2};
  const Filled filled(small);
  std::map<std::string, Array> state;
  for (std::size_t i = 0; i < filled.list.size(); ++i)
    state[filled.list.names()[i]] = to_array(filled.list.tensors()[i]);
  ParameterList list(1);
  const UNet network(small, list);
  list.load(state);
  for (std::size_t i = 0; i < list.size(); ++i) EXPECT_TRUE(list.tensors()[i].equal(filled.list.tensors()[i]));

  state.erase("out.2.bias");
  state["out.3.bias"] = Array::of(std::vector<float>{1});
  state["out.0.bias"] = Array::of(std::vector<float>{1});
  try {
    list.load(state);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(
        error.what(),
        "the weights do not fit the network: 1 missing: out.2.bias; 1 unknown: out.3.bias; 1 of another shape: "
        "out.0.bias ([1] instead of [8])");
  }
}

TEST(UNet, refuses_groups_that_do_not_divide) {
  ParameterList list(0, at::kMeta);
  EXPECT_THROW(UNet({.channels = 32, .multipliers = {1}, .heads = 4, .groups = 24}, list), Error);
  UNet({.channels = 32, .multipliers = {1}, .heads = 4, .groups = 32}, list);
}

TEST(UNet, refuses_heads_that_do_not_divide) {
  ParameterList list(0);
  EXPECT_THROW(UNet({.channels = 10, .multipliers = {1}, .heads = 4}, list), Error);
}

}  // namespace
}  // namespace morgana::ddpm
