// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "morgana/images.hpp"
#include "morgana/model.hpp"
#include "morgana/stage.hpp"

namespace morgana::gan {

/// Draws images of every class from a GAN's generator.
class SampleGan final : public Stage {
 public:
  In<Model> model{*this, "model", "A model of train.gan."};
  Out<Images> images{*this, "images", "Generated images, class after class."};

  SampledClasses classes{*this};
  Param<std::int64_t> batch{
      *this, "batch", {.value = 256, .unit = "images", .min = 1, .doc = "Images at once; changes no sample."}};
  Seed seed{*this};
  Accelerated accelerated{*this};
  Parallel parallel{*this};

  void run(Context& context) override;
};

}  // namespace morgana::gan
