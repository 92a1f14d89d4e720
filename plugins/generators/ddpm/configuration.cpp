// SPDX-License-Identifier: Apache-2.0
#include "configuration.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "morgana/error.hpp"

namespace morgana::ddpm {
namespace {

constexpr std::array<const char*, 2> kPredictions{"epsilon", "v"};
constexpr std::array<const char*, 3> kVariances{"learned-range", "fixed-small", "fixed-large"};

template <std::size_t Count>
std::size_t index_of(const std::array<const char*, Count>& names, const std::string& name) {
  for (std::size_t i = 0; i < Count; ++i)
    if (name == names[i]) return i;
  throw Error("\"{}\" is not known to this version of train.ddpm", name);
}

}  // namespace

Prediction prediction_of(const std::string& name) { return static_cast<Prediction>(index_of(kPredictions, name)); }
Variance variance_of(const std::string& name) { return static_cast<Variance>(index_of(kVariances, name)); }

std::string Configuration::json() const {
  return nlohmann::json{{"in_channels", unet.in_channels},
                        {"out_channels", unet.out_channels},
                        {"height", unet.height},
                        {"width", unet.width},
                        {"classes", unet.classes},
                        {"channels", unet.channels},
                        {"multipliers", unet.multipliers},
                        {"residual_blocks", unet.residual_blocks},
                        {"attention", unet.attention},
                        {"heads", unet.heads},
                        {"groups", unet.groups},
                        {"dropout", unet.dropout},
                        {"schedule", schedule},
                        {"diffusion_steps", diffusion_steps},
                        {"prediction", kPredictions[static_cast<std::size_t>(prediction)]},
                        {"variance", kVariances[static_cast<std::size_t>(variance)]},
                        {"mean", mean},
                        {"deviation", deviation},
                        {"label_dropout", label_dropout}}
      .dump();
}

Configuration Configuration::from_json(const std::string& text) {
  try {
    const auto json = nlohmann::json::parse(text);
    Configuration c;
    json.at("in_channels").get_to(c.unet.in_channels);
    json.at("out_channels").get_to(c.unet.out_channels);
    json.at("height").get_to(c.unet.height);
    json.at("width").get_to(c.unet.width);
    json.at("classes").get_to(c.unet.classes);
    json.at("channels").get_to(c.unet.channels);
    json.at("multipliers").get_to(c.unet.multipliers);
    json.at("residual_blocks").get_to(c.unet.residual_blocks);
    json.at("attention").get_to(c.unet.attention);
    json.at("heads").get_to(c.unet.heads);
    json.at("groups").get_to(c.unet.groups);
    json.at("dropout").get_to(c.unet.dropout);
    json.at("schedule").get_to(c.schedule);
    json.at("diffusion_steps").get_to(c.diffusion_steps);
    c.prediction = prediction_of(json.at("prediction"));
    c.variance = variance_of(json.at("variance"));
    json.at("mean").get_to(c.mean);
    json.at("deviation").get_to(c.deviation);
    json.at("label_dropout").get_to(c.label_dropout);
    return c;
  } catch (const nlohmann::json::exception& exception) {
    throw Error("the model's configuration is not one of train.ddpm: {}", exception.what());
  }
}

}  // namespace morgana::ddpm
