// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "morgana/images.hpp"
#include "morgana/model.hpp"
#include "morgana/stage.hpp"

namespace morgana::ddpm {

/// Trains a class-conditional diffusion model on images.
class TrainDdpm final : public Stage {
 public:
  In<Images> images{*this, "images", "Labelled training images."};
  Out<Model> model{*this, "model", "The trained diffusion model; its weights are the moving average."};

  Param<std::int64_t> steps{*this,
                            "steps",
                            {.value = 2000,
                             .unit = "steps",
                             .min = 1,
                             .doc = "Optimizer steps.",
                             .origin = "NetDiffus trains until killed; its first checkpoint is at 20,000"}};
  Param<double> minutes{*this,
                        "minutes",
                        {.value = 0,
                         .unit = "min",
                         .min = 0,
                         .doc = "Ends the training sooner after this much time; 0: never. With it the result depends "
                                "on the machine's speed."}};
  Param<std::int64_t> batch{*this,
                            "batch",
                            {.value = 256,
                             .unit = "images",
                             .min = 1,
                             .doc = "Images a step.",
                             .origin = "measured on 10x10 images; NetDiffus: 4"}};
  Param<double> learning_rate{*this,
                              "learning_rate",
                              {.value = 1e-3,
                               .min = 0,
                               .doc = "AdamW's learning rate at its highest.",
                               .origin = "measured on 10x10 images; NetDiffus: 1e-4"}};
  Param<std::int64_t> warm_up{*this,
                              "warm_up",
                              {.value = 100,
                               .unit = "steps",
                               .min = 0,
                               .doc = "Steps over which the learning rate rises from 0.",
                               .origin = "NetDiffus: 0"}};
  Param<Choice> decay{*this,
                      "decay",
                      {.value = Choice{"cosine"},
                       .choices = {"none", "cosine"},
                       .doc = "Whether the learning rate falls to 0 along half a cosine until the end of the training.",
                       .origin = "NetDiffus: none"}};
  Param<double> weight_decay{
      *this, "weight_decay", {.value = 0, .min = 0, .doc = "AdamW's weight decay.", .origin = "guided-diffusion"}};
  Param<double> clip{*this,
                     "clip",
                     {.value = 1,
                      .min = 0,
                      .doc = "Largest norm of the gradient; 0: not clipped.",
                      .origin = "DDPM's public code; guided-diffusion: 0"}};
  Param<double> ema{*this,
                    "ema",
                    {.value = 0.9999,
                     .min = 0,
                     .max = 1,
                     .doc = "Decay of the weights' exponential moving average.",
                     .origin = "guided-diffusion"}};
  Param<bool> ema_warm_up{*this,
                          "ema_warm_up",
                          {.value = true,
                           .doc = "Keeps the decay below (1 + step) / (10 + step). Without it a decay of 0.9999 still "
                                  "holds 82 % of the untrained weights after 2,000 steps.",
                           .origin = "TensorFlow's ExponentialMovingAverage; guided-diffusion: false"}};

  Param<std::int64_t> channels{*this,
                               "channels",
                               {.value = 32,
                                .min = 8,
                                .doc = "Channels of the U-Net's first level.",
                                .origin = "measured on 10x10 images; NetDiffus: 128"}};
  Param<std::vector<std::int64_t>> multipliers{
      *this,
      "multipliers",
      {.value = std::vector<std::int64_t>{1, 2, 4},
       .min = 1,
       .doc = "Multiples of `channels`, one a level; each further level halves the image, rounding up.",
       .origin = "measured on 10x10 images; NetDiffus: 1 1 2 3 4"}};
  Param<std::int64_t> residual_blocks{
      *this, "residual_blocks", {.value = 1, .min = 1, .doc = "Residual blocks a level.", .origin = "NetDiffus: 3"}};
  Param<std::int64_t> attention{
      *this,
      "attention",
      {.value = 8,
       .unit = "pixels",
       .min = 0,
       .doc = "Levels of at most this many pixels a side have self-attention, besides the middle.",
       .origin = "NetDiffus: 16"}};
  Param<std::int64_t> heads{
      *this, "heads", {.value = 4, .min = 1, .doc = "Heads of an attention.", .origin = "guided-diffusion"}};
  Param<std::int64_t> groups{
      *this,
      "groups",
      {.value = 0,
       .min = 0,
       .doc = "Groups of each group normalisation; 0: a quarter of its channels, at most 32. Weights of "
              "guided-diffusion (`initial`) need its 32, which from 128 channels on is the same.",
       .origin = "guided-diffusion: 32"}};
  Param<double> dropout{*this,
                        "dropout",
                        {.value = 0,
                         .min = 0,
                         .max = 0.99,
                         .doc = "Share of a residual block's values that training drops.",
                         .origin = "guided-diffusion"}};

  Param<std::int64_t> diffusion_steps{
      *this,
      "diffusion_steps",
      {.value = 1000, .unit = "steps", .min = 2, .doc = "Steps from image to noise.", .origin = "Ho et al. 2020"}};
  Param<Choice> schedule{*this,
                         "schedule",
                         {.value = Choice{"cosine"},
                          .choices = {"linear", "cosine"},
                          .doc = "How much noise each step adds.",
                          .origin = "NetDiffus; Nichol and Dhariwal 2021"}};
  Param<Choice> prediction{*this,
                           "prediction",
                           {.value = Choice{"v"},
                            .choices = {"epsilon", "v"},
                            .doc = "What the network predicts: the noise, or the velocity.",
                            .origin = "Salimans and Ho 2022; NetDiffus: epsilon"}};
  Param<Choice> variance{
      *this,
      "variance",
      {.value = Choice{"learned-range"},
       .choices = {"learned-range", "fixed-small", "fixed-large"},
       .doc = "Variance of ancestral sampling; learned-range adds the variational bound to the loss.",
       .origin = "NetDiffus; Nichol and Dhariwal 2021"}};
  Param<double> min_snr_gamma{*this,
                              "min_snr_gamma",
                              {.value = 0,
                               .min = 0,
                               .doc = "Bounds a step's weight by min(SNR, gamma); 0: the prediction's own weighting.",
                               .origin = "Hang et al. 2023 use 5; NetDiffus: 0"}};
  Param<Choice> timesteps{
      *this,
      "timesteps",
      {.value = Choice{"stratified"},
       .choices = {"uniform", "stratified"},
       .doc = "How a batch draws its diffusion steps: independently, or one from each of `batch` equal parts.",
       .origin = "NetDiffus: uniform; Kingma et al. 2021"}};
  Param<bool> standardise{*this,
                          "standardise",
                          {.value = true,
                           .doc = "Shows the network images of mean 0 and deviation 1 in each channel.",
                           .origin = "Karras et al. 2024; NetDiffus: false"}};
  Param<double> label_dropout{*this,
                              "label_dropout",
                              {.value = 0,
                               .min = 0,
                               .max = 1,
                               .doc = "Share of examples whose class is hidden, so that sampling can use guidance.",
                               .origin = "Ho and Salimans 2022 use 0.1; NetDiffus: 0"}};
  Param<InputPath> initial{
      *this,
      "initial",
      {.value = InputPath{}, .doc = "A safetensors file with weights to start from, key for key; empty: random ones."}};
  Param<Choice> precision{
      *this,
      "precision",
      {.value = Choice{"auto"},
       .choices = {"auto", "fp32", "bf16"},
       .doc = "Number format inside the network. auto: bf16 on a GPU and on a CPU with AVX-512 "
              "BF16, else fp32.",
       .origin = "measured on 10x10 images, four minutes on a core: 738 steps in bf16, 553 in fp32, "
                 "and the better samples; without AVX-512 BF16 bf16 is seven times slower; "
                 "NetDiffus: fp32"}};
  Param<double> checkpoint_seconds{
      *this,
      "checkpoint_seconds",
      {.value = 60, .unit = "s", .min = 0, .doc = "Time between checkpoints; changes no result."}};
  Seed seed{*this};
  Accelerated accelerated{*this};
  Parallel parallel{*this};

  void run(Context& context) override;
};

}  // namespace morgana::ddpm
