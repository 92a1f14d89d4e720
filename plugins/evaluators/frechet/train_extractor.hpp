// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "morgana/images.hpp"
#include "morgana/model.hpp"
#include "morgana/stage.hpp"

namespace morgana::frechet {

/// Trains the classifier in whose features evaluate.frechet compares; once for everything that is compared.
class TrainExtractor final : public Stage {
  In<Images> images{*this, "images", "Labelled images of real traffic, of the training part alone."};
  Out<Model> extractor{*this, "extractor", "The classifier, frozen."};
  Param<int> steps{*this,
                   "steps",
                   {.value = 600,
                    .unit = "steps",
                    .min = 1,
                    .doc = "Optimizer steps of 128 images.",
                    .origin = "on MIRAGE-VIDEO it then knows 95 % of the test images"}};
  // A parameter and not the node's seed: runs with other seeds are measured by the same network.
  Param<int> evaluation_seed{
      *this,
      "evaluation_seed",
      {.value = 1, .min = 0, .doc = "Seed of its weights and batches, the same for everything compared."}};
  Accelerated accelerated{*this};
  Parallel parallel{*this};

  void run(Context& context) override;
};

}  // namespace morgana::frechet
