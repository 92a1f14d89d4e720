// SPDX-License-Identifier: Apache-2.0
#include "unet.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addcmul.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/cos.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/sin.h>
#include <ATen/ops/softmax.h>

#include <cmath>
#include <numeric>
#include <optional>

#include "morgana/error.hpp"
#include "training/layers.hpp"

namespace morgana::ddpm {
namespace {

using training::Convolution;
using training::GroupNorm;
using training::Initial;
using training::Linear;
using training::ParameterList;

GroupNorm normalisation(ParameterList& list, const std::string& name, std::int64_t channels, std::int64_t asked) {
  if (asked > 0 && channels % asked != 0)
    throw Error("{} channels cannot be normalised in {} groups", channels, asked)
        .hint("choose groups that divide channels x multipliers, or 0");
  auto groups = asked > 0 ? asked : std::clamp<std::int64_t>(channels / 4, 1, 32);
  while (channels % groups != 0) --groups;
  return {list, name, channels, groups};
}

/// Two convolutions, the step and class scaling and shifting what is between them.
struct ResidualBlock {
  ResidualBlock(ParameterList& list, const std::string& name, std::int64_t in, std::int64_t out, std::int64_t embedding,
                std::int64_t groups)
      : first_norm(normalisation(list, name + ".in_layers.0", in, groups)),
        first(list, name + ".in_layers.2", in, out, 3),
        condition(list, name + ".emb_layers.1", embedding, 2 * out),
        second_norm(normalisation(list, name + ".out_layers.0", out, groups)),
        second(list, name + ".out_layers.3", out, out, 3, 1, Initial::kZero) {
    if (in != out) skip.emplace(list, name + ".skip_connection", in, out, 1);
  }

  /// `condition_input` is the embedding after its SiLU.
  at::Tensor operator()(const at::Tensor& maps, const at::Tensor& condition_input, double dropout,
                        const DropoutNoise& noise) const {
    const auto middle = first(at::silu(first_norm(maps)));
    const auto both = condition(condition_input).unsqueeze(-1).unsqueeze(-1).chunk(2, 1);
    auto hidden = at::silu(at::addcmul(both[1], second_norm(middle), both[0] + 1));
    if (noise && dropout > 0)
      hidden = hidden * (noise(hidden.sizes()).to(hidden.device()) >= dropout).to(hidden.scalar_type()) / (1 - dropout);
    return (skip ? (*skip)(maps) : maps) + second(hidden);
  }

  GroupNorm first_norm;
  Convolution first;
  Linear condition;
  GroupNorm second_norm;
  Convolution second;
  std::optional<Convolution> skip;
};

/// Self-attention over all pixels; heads are split before queries, keys and values.
struct Attention {
  Attention(ParameterList& list, const std::string& name, std::int64_t channels, std::int64_t heads,
            std::int64_t groups)
      : norm(normalisation(list, name + ".norm", channels, groups)),
        weight(list.add(name + ".qkv.weight", {3 * channels, channels, 1}, Initial::kFanIn, channels)),
        bias(list.add(name + ".qkv.bias", {3 * channels}, Initial::kFanIn, channels)),
        out_weight(list.add(name + ".proj_out.weight", {channels, channels, 1}, Initial::kZero)),
        out_bias(list.add(name + ".proj_out.bias", {channels}, Initial::kZero)),
        heads(heads) {}

  at::Tensor operator()(const at::Tensor& maps) const {
    const auto batch = maps.size(0), channels = maps.size(1), pixels = maps.size(2) * maps.size(3);
    const auto type = maps.scalar_type();
    const auto each = channels / heads;
    const auto all = at::conv1d(norm(maps).reshape({batch, channels, pixels}), weight.to(type), bias.to(type))
                         .reshape({batch * heads, 3 * each, pixels})
                         .chunk(3, 1);
    const double scale = 1 / std::sqrt(std::sqrt(static_cast<double>(each)));
    const auto scores = at::bmm((all[0] * scale).transpose(1, 2), all[1] * scale);
    const auto attended = at::bmm(all[2], at::softmax(scores.to(at::kFloat), -1).to(type).transpose(1, 2));
    const auto out = at::conv1d(attended.reshape({batch, channels, pixels}), out_weight.to(type), out_bias.to(type));
    return maps + out.reshape(maps.sizes());
  }

  GroupNorm norm;
  at::Tensor weight, bias, out_weight, out_bias;
  std::int64_t heads;
};

/// One entry of input_blocks, middle_block or output_blocks, its layers in the order they run.
struct Block {
  std::optional<Convolution> convolution;  // the first of all, or the one that halves
  std::vector<ResidualBlock> residual;
  std::vector<Attention> attention;  // behind the first residual block
  std::optional<Convolution> up;
};

/// Sinusoids of the step, cosines first, periods up to 10,000; `[batch channels]`.
at::Tensor step_embedding(const at::Tensor& timesteps, std::int64_t channels) {
  const auto half = channels / 2;
  const auto frequencies =
      at::exp(at::arange(half, timesteps.options()) * (-std::log(10000.0) / static_cast<double>(half)));
  const auto angles = timesteps.unsqueeze(1) * frequencies.unsqueeze(0);
  auto embedding = at::cat({at::cos(angles), at::sin(angles)}, 1);
  if (channels % 2 != 0) embedding = at::constant_pad_nd(embedding, {0, 1});
  return embedding;
}

}  // namespace

struct UNet::Layers {
  UNetConfiguration configuration;
  Linear time_first, time_second;
  at::Tensor class_embedding;
  std::vector<Block> input, output;
  Block middle;
  GroupNorm out_norm;
  Convolution out;
};

UNet::UNet(const UNetConfiguration& c, ParameterList& list) : layers_(std::make_unique<Layers>()) {
  if (c.multipliers.empty()) throw Error("the U-Net needs at least one level; multipliers is empty");
  auto& layers = *layers_;
  layers.configuration = c;
  const auto embedding = 4 * c.channels;
  const auto attends = [&](std::int64_t side) { return side <= c.attention; };
  const auto attention = [&](const std::string& name, std::int64_t channels) {
    if (channels % c.heads != 0)
      throw Error("{} channels cannot be split into {} heads", channels, c.heads)
          .hint("choose heads that divide channels x multipliers");
    return Attention(list, name, channels, c.heads, c.groups);
  };
  layers.time_first = Linear(list, "time_embed.0", c.channels, embedding);
  layers.time_second = Linear(list, "time_embed.2", embedding, embedding);
  if (c.classes > 0) layers.class_embedding = list.add("label_emb.weight", {c.classes, embedding}, Initial::kNormal);

  std::int64_t channels = c.channels * c.multipliers.front(), side = std::max(c.height, c.width);
  std::vector<std::int64_t> skips{channels}, sides{side};
  layers.input.emplace_back().convolution.emplace(list, "input_blocks.0.0", c.in_channels, channels, 3);
  for (std::size_t level = 0; level < c.multipliers.size(); ++level) {
    for (std::int64_t i = 0; i < c.residual_blocks; ++i) {
      const auto name = fmt::format("input_blocks.{}", layers.input.size());
      auto& block = layers.input.emplace_back();
      const auto wide = c.channels * c.multipliers[level];
      block.residual.emplace_back(list, name + ".0", channels, wide, embedding, c.groups);
      channels = wide;
      if (attends(side)) block.attention.push_back(attention(name + ".1", channels));
      skips.push_back(channels);
    }
    if (level + 1 == c.multipliers.size()) break;
    const auto name = fmt::format("input_blocks.{}.0.op", layers.input.size());
    layers.input.emplace_back().convolution.emplace(list, name, channels, channels, 3, 2);
    skips.push_back(channels);
    sides.push_back(side = (side + 1) / 2);
  }

  layers.middle.residual.emplace_back(list, "middle_block.0", channels, channels, embedding, c.groups);
  layers.middle.attention.push_back(attention("middle_block.1", channels));
  layers.middle.residual.emplace_back(list, "middle_block.2", channels, channels, embedding, c.groups);

  for (std::size_t level = c.multipliers.size(); level-- > 0;)
    for (std::int64_t i = 0; i <= c.residual_blocks; ++i) {
      const auto name = fmt::format("output_blocks.{}", layers.output.size());
      auto& block = layers.output.emplace_back();
      const auto wide = c.channels * c.multipliers[level];
      block.residual.emplace_back(list, name + ".0", channels + skips.back(), wide, embedding, c.groups);
      skips.pop_back();
      channels = wide;
      int place = 1;
      if (attends(sides[level])) block.attention.push_back(attention(fmt::format("{}.{}", name, place++), channels));
      if (level > 0 && i == c.residual_blocks)
        block.up.emplace(list, fmt::format("{}.{}.conv", name, place), channels, channels, 3);
    }
  layers.out_norm = normalisation(list, "out.0", channels, c.groups);
  layers.out = Convolution(list, "out.2", channels, c.out_channels, 3, 1, Initial::kZero);
}

UNet::~UNet() = default;

at::Tensor UNet::operator()(const at::Tensor& images, const at::Tensor& timesteps, const at::Tensor& labels,
                            at::ScalarType torso, const DropoutNoise& dropout) const {
  const auto& layers = *layers_;
  const double rate = layers.configuration.dropout;
  auto embedding =
      layers.time_second(at::silu(layers.time_first(step_embedding(timesteps, layers.configuration.channels))));
  if (layers.class_embedding.defined()) embedding = embedding + at::embedding(layers.class_embedding, labels);
  const auto condition = at::silu(embedding).to(torso);

  const auto run = [&](const Block& block, at::Tensor maps) {
    if (block.convolution) maps = (*block.convolution)(maps);
    for (std::size_t i = 0; i < block.residual.size(); ++i) {
      maps = block.residual[i](maps, condition, rate, dropout);
      if (i < block.attention.size()) maps = block.attention[i](maps);
    }
    return maps;
  };
  auto maps = images.to(torso);
  std::vector<at::Tensor> skips;
  for (const auto& block : layers.input) skips.push_back(maps = run(block, maps));
  maps = run(layers.middle, maps);
  for (const auto& block : layers.output) {
    maps = run(block, at::cat({maps, skips.back()}, 1));
    skips.pop_back();
    if (block.up) maps = (*block.up)(training::doubled(maps, skips.back().size(2), skips.back().size(3)));
  }
  return layers.out(at::silu(layers.out_norm(maps.to(at::kFloat))));
}

}  // namespace morgana::ddpm
