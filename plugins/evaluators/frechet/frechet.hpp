// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "morgana/images.hpp"
#include "morgana/metrics.hpp"
#include "morgana/model.hpp"
#include "morgana/random.hpp"
#include "morgana/stage.hpp"
#include "networks/classifier.hpp"
#include "statistics/trace_set.hpp"

namespace morgana::frechet {

using Rows = std::vector<std::size_t>;

/// Sets of images in the features of one network, `[images features]` each.
struct Clouds {
  at::Tensor real, synthetic;
  std::vector<at::Tensor> drawn;  ///< from the training part, as many as `synthetic`: they give the floor
};

/// Frechet and kernel distance of generated images to real ones and how far they overlap, each beside its floor.
class Frechet final : public Stage {
  In<Images> real{*this, "real", "Images of real traces held out from training."};
  In<Images> synthetic{*this, "synthetic", "Generated images."};
  In<Images> train{*this, "train", "Images of the training part, which give the floor."};
  In<Model> extractor{*this, "extractor",
                      "The frozen classifier of train.extractor; without one a random network judges alone.",
                      Need::kOptional};
  Out<Metrics> metrics{*this, "metrics", "Distances and overlap under each extractor."};
  Param<int> samples{
      *this, "samples", {.value = 10000, .unit = "images", .min = 2, .doc = "Most images taken of each set."}};
  Param<int> repeats{*this, "repeats", {.value = 3, .min = 1, .doc = "Draws from the training part for the floor."}};
  Param<int> subsets{*this,
                     "subsets",
                     {.value = 100,
                      .min = 1,
                      .doc = "Subsets of the kernel distance.",
                      .origin = "Binkowski et al., arXiv:1801.01401"}};
  Param<int> subset_size{*this,
                         "subset_size",
                         {.value = 1000,
                          .unit = "images",
                          .min = 2,
                          .doc = "Images in a subset.",
                          .origin = "Binkowski et al., arXiv:1801.01401"}};
  Param<int> neighbours{*this,
                        "neighbours",
                        {.value = 5,
                         .min = 1,
                         .doc = "The neighbour to which the ball around an image reaches, for the overlap.",
                         .origin = "Naeem et al., arXiv:2002.09797"}};
  // A parameter and not the node's seed, so that every combination of a `vary` is measured with the same draws.
  Param<int> evaluation_seed{
      *this, "evaluation_seed", {.value = 1, .min = 0, .doc = "Seed of the draws, the same for everything compared."}};
  Accelerated accelerated{*this};
  Parallel parallel{*this};

  void run(Context& context) override;
  void check_inputs() const;
  void choose_rows();
  void compare(const networks::Classifier& network, const char* name, Context& context, Metrics& result) const;
  Clouds clouds(const networks::Classifier& network, Context& context) const;
  void add_frechet(const Clouds& clouds, const Metric& form, Metrics& result) const;
  void add_kernel(const Clouds& clouds, const Metric& form, Metrics& result) const;
  void add_overlap(const Clouds& clouds, const Metric& form, Context& context, Metrics& result) const;
  at::Tensor features(const networks::Classifier& network, const Images& images, const Rows& rows,
                      Context& context) const;
  Metric class_accuracy(const networks::Classifier& network, Context& context) const;
  std::uint64_t seed(std::uint64_t number) const {
    return mix_seed(static_cast<std::uint64_t>(*evaluation_seed), number);
  }

  statistics::ClassList classes_;
  statistics::RowsByClass real_rows_, train_rows_, synthetic_rows_;
  std::vector<std::size_t> counts_;  ///< images of each class on the synthetic side, and of the floor
  bool matched_ = true;
  Rows real_chosen_, synthetic_chosen_;
};

}  // namespace morgana::frechet
