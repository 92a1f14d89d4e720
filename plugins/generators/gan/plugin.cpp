// SPDX-License-Identifier: Apache-2.0
#include "morgana/plugin.hpp"
#include "sample_gan.hpp"
#include "train_gan.hpp"

MORGANA_PLUGIN("gan", "1.0.0", "Conditional WGAN-GP (Gulrajani et al. 2017): the baseline beside diffusion.",
               morgana::stage<morgana::gan::TrainGan>("train.gan", "Trains a class-conditional WGAN-GP."),
               morgana::stage<morgana::gan::SampleGan>("sample.gan", "Draws images from a GAN's generator."));
