// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "morgana/images.hpp"
#include "morgana/model.hpp"
#include "morgana/stage.hpp"

namespace morgana::ddpm {

/// Draws images of every class from a diffusion model.
class SampleDdpm final : public Stage {
 public:
  In<Model> model{*this, "model", "A model of train.ddpm."};
  Out<Images> images{*this, "images", "Generated images, class after class."};

  SampledClasses classes{*this};
  Param<Choice> sampler{*this,
                        "sampler",
                        {.value = Choice{"solver"},
                         .choices = {"ancestral", "ddim", "solver"},
                         .doc = "ancestral: the reverse chain. ddim: deterministic with eta 0. solver: DPM-Solver++ "
                                "2M, the most exact at few steps.",
                         .origin = "Lu et al. 2022; NetDiffus: ancestral"}};
  Param<std::int64_t> steps{*this,
                            "steps",
                            {.value = 20,
                             .unit = "steps",
                             .min = 0,
                             .doc = "Network evaluations an image; 0: all diffusion steps.",
                             .origin = "DPM-Solver's README: 20 are converged; NetDiffus: 0"}};
  Param<Choice> spacing{*this,
                        "spacing",
                        {.value = Choice{"log-snr"},
                         .choices = {"log-snr", "even", "whole-stride"},
                         .doc = "Which diffusion steps are kept: even distances of the log signal-to-noise ratio, "
                                "fractional strides from first "
                                "to last, or whole strides from the first.",
                         .origin = "Lu et al. 2022, and measured: at 20 steps the solver meets a Gaussian to 1 %, with "
                                   "spacing even to 10 %; guided-diffusion's N is even, its ddimN whole-stride"}};
  Param<double> eta{*this,
                    "eta",
                    {.value = 0,
                     .min = 0,
                     .max = 1,
                     .doc = "Noise of ddim: 0 none, 1 as much as ancestral.",
                     .origin = "Song et al. 2021"}};
  Param<bool> clip{
      *this,
      "clip",
      {.value = true, .doc = "Clips each predicted image to [-1, 1].", .origin = "guided-diffusion's clip_denoised"}};
  Param<double> guidance{
      *this,
      "guidance",
      {.value = 1,
       .min = 0,
       .doc = "Weight of the class: 1 none added; more needs a model with label_dropout and doubles the cost.",
       .origin = "Ho and Salimans 2022"}};
  Param<std::int64_t> batch{
      *this, "batch", {.value = 256, .unit = "images", .min = 1, .doc = "Images at once; changes no sample."}};
  Param<Choice> precision{*this,
                          "precision",
                          {.value = Choice{"auto"},
                           .choices = {"auto", "fp32", "bf16"},
                           .doc = "Number format inside the network. auto: bf16 on a GPU, fp32 on a CPU."}};
  Seed seed{*this};
  Accelerated accelerated{*this};
  Parallel parallel{*this};

  void run(Context& context) override;
};

}  // namespace morgana::ddpm
