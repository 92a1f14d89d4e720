// SPDX-License-Identifier: Apache-2.0
#include "morgana/plugin.hpp"
#include "sample_ddpm.hpp"
#include "train_ddpm.hpp"

MORGANA_PLUGIN(
    "ddpm", "1.0.0", "Denoising diffusion with the U-Net of ADM, as NetDiffus uses it.",
    morgana::stage<morgana::ddpm::TrainDdpm>(
        "train.ddpm",
        "Trains a class-conditional diffusion model. NetDiffus's own settings: batch 4, learning_rate 1e-4, "
        "warm_up 0, decay none, clip 0, ema_warm_up false, channels 128, multipliers [1, 1, 2, 3, 4], "
        "residual_blocks 3, attention 16, prediction epsilon, timesteps uniform, standardise false, precision fp32."),
    morgana::stage<morgana::ddpm::SampleDdpm>(
        "sample.ddpm", "Draws images from a diffusion model. NetDiffus's own settings: sampler ancestral, steps 0."));
