// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "morgana/images.hpp"
#include "morgana/model.hpp"
#include "morgana/stage.hpp"

namespace morgana::gan {

/// Trains a class-conditional WGAN-GP on images.
class TrainGan final : public Stage {
 public:
  In<Images> images{*this, "images", "Labelled training images."};
  Out<Model> model{*this, "model", "The trained generator; its weights are the moving average."};

  Param<std::int64_t> steps{*this, "steps", {.value = 2000, .unit = "steps", .min = 1, .doc = "Generator steps."}};
  Param<double> minutes{*this,
                        "minutes",
                        {.value = 0,
                         .unit = "min",
                         .min = 0,
                         .doc = "Ends the training sooner after this much time; 0: never. With it the result depends "
                                "on the machine's speed."}};
  Param<std::int64_t> batch{*this,
                            "batch",
                            {.value = 64,
                             .unit = "images",
                             .min = 2,
                             .doc = "Images a step of either network.",
                             .origin = "Gulrajani et al. 2017"}};
  Param<std::int64_t> critic_steps{
      *this,
      "critic_steps",
      {.value = 5, .min = 1, .doc = "Critic steps before each generator step.", .origin = "Gulrajani et al. 2017"}};
  Param<double> penalty{
      *this,
      "penalty",
      {.value = 10, .min = 0, .doc = "Weight of the gradient penalty.", .origin = "Gulrajani et al. 2017"}};
  Param<double> learning_rate{*this,
                              "learning_rate",
                              {.value = 2e-4,
                               .min = 0,
                               .doc = "Adam's learning rate, of both networks.",
                               .origin = "Gulrajani et al. 2017 use 1e-4 and 2e-4"}};
  Param<Choice> decay{
      *this,
      "decay",
      {.value = Choice{"none"},
       .choices = {"none", "cosine"},
       .doc = "Whether the learning rate falls to 0 along half a cosine until the end of the training."}};
  Param<double> beta1{*this,
                      "beta1",
                      {.value = 0,
                       .min = 0,
                       .max = 0.999,
                       .doc = "Adam's decay of the first moment.",
                       .origin = "Gulrajani et al. 2017"}};
  Param<double> beta2{*this,
                      "beta2",
                      {.value = 0.9,
                       .min = 0,
                       .max = 0.9999,
                       .doc = "Adam's decay of the second moment.",
                       .origin = "Gulrajani et al. 2017"}};
  Param<double> ema{*this,
                    "ema",
                    {.value = 0.999,
                     .min = 0,
                     .max = 1,
                     .doc = "Decay of the generator weights' exponential moving average.",
                     .origin = "Yazici et al. 2019"}};
  Param<bool> ema_warm_up{
      *this,
      "ema_warm_up",
      {.value = true,
       .doc = "Keeps the decay below (1 + step) / (10 + step), so that a short training's average is not its start."}};
  Param<std::int64_t> latent{
      *this, "latent", {.value = 64, .min = 1, .doc = "Random numbers an image is made from.", .origin = "SyNIG"}};
  Param<std::int64_t> channels{
      *this,
      "channels",
      {.value = 32, .min = 8, .doc = "Channels at full size; each halving of the image doubles them."}};
  Param<std::int64_t> levels{*this,
                             "levels",
                             {.value = 2,
                              .unit = "halvings",
                              .min = 0,
                              .max = 6,
                              .doc = "How often the critic halves the image and the generator doubles it."}};
  Param<double> checkpoint_seconds{
      *this,
      "checkpoint_seconds",
      {.value = 60, .unit = "s", .min = 0, .doc = "Time between checkpoints; changes no result."}};
  Seed seed{*this};
  Accelerated accelerated{*this};
  Parallel parallel{*this};

  void run(Context& context) override;
};

}  // namespace morgana::gan
