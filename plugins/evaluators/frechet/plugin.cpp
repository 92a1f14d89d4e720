// SPDX-License-Identifier: Apache-2.0
#include "morgana/plugin.hpp"
#include "frechet.hpp"
#include "train_extractor.hpp"

MORGANA_PLUGIN("frechet", "1.0.0", "Distances and overlap of image sets in the features of networks that know traffic.",
               morgana::stage<morgana::frechet::TrainExtractor>(
                   "train.extractor",
                   "Trains the network of real traffic in whose features evaluate.frechet compares images."),
               morgana::stage<morgana::frechet::Frechet>("evaluate.frechet"));
