// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "morgana/stage.hpp"
#include "protocols.hpp"

namespace morgana::downstream {

/// Ports, parameters and work that all downstream evaluators share; a classifier derives from it.
class DownstreamStage : public Stage {
 public:
  void run(Context& context) override;

 protected:
  struct Classifier {
    std::string stage, name;
    TrainAndPredict train_and_predict;
    std::string definition;
  };
  virtual Classifier classifier(Context& context) = 0;
  std::size_t channel_count() const { return channels->size(); }
  std::vector<std::string> channel_units() const;

 private:
  In<Traces> train{*this, "train", "Real traces to train on: the part the generator was trained on."};
  In<Traces> test{*this, "test", "Real traces held out from training."};
  In<Traces> synthetic{*this, "synthetic", "Generated traces with their classes."};
  Out<Metrics> metrics{*this, "metrics", "Accuracy, macro-F1, F1 of each class and confusion of every protocol."};
  Param<std::vector<std::string>> channels{*this,
                                           "channels",
                                           {.value = std::vector<std::string>{"PL*DIR", "IAT"},
                                            .doc = "Channels, or products of two, that the classifier sees."}};
  Check channels_are_named{*this, [this] {
                             if (channels->empty())
                               throw Error("parameter \"channels\" is empty; name at least one channel");
                           }};
  Param<int> packets{*this,
                     "packets",
                     {.value = 10, .unit = "packets", .min = 1, .doc = "Packets of a trace that the classifier sees."}};
  Param<std::vector<std::string>> protocols{
      *this, "protocols", {.value = kProtocols, .choices = kProtocols, .doc = "What is run beside TRTR."}};
  Param<int> repeats{
      *this, "repeats", {.value = 5, .min = 1, .doc = "Classifier seeds and draws; 95 % intervals from two on."}};
  Param<std::vector<double>> ratios{*this,
                                    "ratios",
                                    {.value = std::vector<double>{0.25, 0.5, 1},
                                     .min = 0,
                                     .doc = "Synthetic traces for each real one in augmentation. Above 1 the sampler "
                                            "has to draw more (its `per_class`)."}};
  Param<std::vector<double>> few{*this,
                                 "few",
                                 {.value = std::vector<double>{0.01, 0.1},
                                  .min = 0,
                                  .max = 1,
                                  .doc = "Fractions of the real training part in few-real."}};
  // A parameter and not the node's seed, so that every combination of a `vary` is judged by the same classifiers.
  Param<int> evaluation_seed{
      *this,
      "evaluation_seed",
      {.value = 1, .min = 0, .doc = "Seed of classifiers and draws, the same for everything compared."}};
  Parallel parallel{*this};
};

}  // namespace morgana::downstream
