// SPDX-License-Identifier: Apache-2.0
#include "networks.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/tanh.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "morgana/error.hpp"

namespace morgana::gan {
namespace {

using training::Initial;

constexpr std::int64_t kClassNumbers = 32;  // of the generator's class embedding
constexpr std::int64_t kFeatures = 256;     // of the critic's last hidden layer
constexpr double kSlope = 0.2;              // of the leaky rectifier

std::int64_t groups_of(std::int64_t channels) { return channels % 8 == 0 ? 8 : 1; }

std::vector<std::int64_t> level_sizes(std::int64_t side, std::int64_t levels) {
  std::vector<std::int64_t> sizes{side};
  for (std::int64_t i = 0; i < levels; ++i) sizes.insert(sizes.begin(), (sizes.front() + 1) / 2);
  return sizes;
}

}  // namespace

std::string Configuration::json() const {
  return nlohmann::json{{"image_channels", image_channels},
                        {"height", height},
                        {"width", width},
                        {"classes", classes},
                        {"latent", latent},
                        {"channels", channels},
                        {"levels", levels}}
      .dump();
}

Configuration Configuration::from_json(const std::string& text) {
  try {
    const auto json = nlohmann::json::parse(text);
    Configuration c;
    json.at("image_channels").get_to(c.image_channels);
    json.at("height").get_to(c.height);
    json.at("width").get_to(c.width);
    json.at("classes").get_to(c.classes);
    json.at("latent").get_to(c.latent);
    json.at("channels").get_to(c.channels);
    json.at("levels").get_to(c.levels);
    return c;
  } catch (const nlohmann::json::exception& exception) {
    throw Error("the model's configuration is not one of train.gan: {}", exception.what());
  }
}

Generator::Generator(const Configuration& c, training::ParameterList& list)
    : heights_(level_sizes(c.height, c.levels)), widths_(level_sizes(c.width, c.levels)) {
  channels_ = c.channels << c.levels;
  class_embedding_ = list.add("class_embedding.weight", {c.classes, kClassNumbers}, Initial::kNormal);
  dense_ = training::Linear(list, "dense", c.latent + kClassNumbers, channels_ * heights_.front() * widths_.front());
  auto channels = channels_;
  for (std::int64_t level = 0; level < c.levels; ++level, channels /= 2) {
    const auto name = fmt::format("levels.{}", level);
    norms_.emplace_back(list, name + ".norm", channels, groups_of(channels));
    convolutions_.emplace_back(list, name + ".convolution", channels, channels / 2, 3);
  }
  out_norm_ = training::GroupNorm(list, "out.norm", channels, groups_of(channels));
  out_ = training::Convolution(list, "out.convolution", channels, c.image_channels, 3);
}

at::Tensor Generator::operator()(const at::Tensor& latent, const at::Tensor& labels) const {
  const auto input = at::cat({latent, at::embedding(class_embedding_, labels)}, 1);
  auto maps = dense_(input).view({latent.size(0), channels_, heights_.front(), widths_.front()});
  for (std::size_t level = 0; level < convolutions_.size(); ++level) {
    maps = at::leaky_relu(norms_[level](maps), kSlope);
    maps = convolutions_[level](training::doubled(maps, heights_[level + 1], widths_[level + 1]));
  }
  return at::tanh(out_(at::leaky_relu(out_norm_(maps), kSlope)));
}

Critic::Critic(const Configuration& c, training::ParameterList& list) : height_(c.height), width_(c.width) {
  class_map_ = list.add("class_map.weight", {c.classes, height_ * width_}, Initial::kNormal);
  convolutions_.emplace_back(list, "convolutions.0", c.image_channels + 1, c.channels, 3);
  auto channels = c.channels;
  for (std::int64_t level = 0; level < c.levels; ++level, channels *= 2)
    convolutions_.emplace_back(list, fmt::format("convolutions.{}", level + 1), channels, 2 * channels, 3, 2);
  const auto places = level_sizes(height_, c.levels).front() * level_sizes(width_, c.levels).front();
  hidden_ = training::Linear(list, "hidden", channels * places, kFeatures);
  out_ = training::Linear(list, "out", kFeatures, 1);
  class_projection_ = list.add("class_projection.weight", {c.classes, kFeatures}, Initial::kFanIn, kFeatures);
}

at::Tensor Critic::operator()(const at::Tensor& images, const at::Tensor& labels) const {
  const auto map = at::embedding(class_map_, labels).view({images.size(0), 1, height_, width_});
  auto maps = at::cat({images, map}, 1);
  for (const auto& convolution : convolutions_) maps = at::leaky_relu(convolution(maps), kSlope);
  const auto features = at::leaky_relu(hidden_(maps.flatten(1)), kSlope);
  return out_(features).squeeze(1) + (features * at::embedding(class_projection_, labels)).sum(1);
}

}  // namespace morgana::gan
