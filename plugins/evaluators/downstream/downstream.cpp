// SPDX-License-Identifier: Apache-2.0
// evaluate.downstream: what a random forest learns from synthetic traces.
#include "downstream_stage.hpp"
#include "forest.hpp"

namespace morgana::downstream {
namespace {

class DownstreamForest final : public DownstreamStage {
  Param<int> trees{*this,
                   "trees",
                   {.value = 200,
                    .min = 1,
                    .doc = "Trees of a forest.",
                    .origin = "the figures of the MIRAGE data sets here were measured with 200"}};

  Classifier classifier(Context& context) override {
    return {
        "evaluate.downstream", "forest",
        [&context, count = *trees](const Features& features, const std::vector<std::int32_t>& labels,
                                   std::size_t classes, const std::vector<const Features*>& questions,
                                   std::uint64_t seed) {
          const auto forest =
              Forest::fit(features, labels, classes, {count, context.threads(), seed, [&] { context.check_stop(); }});
          std::vector<std::vector<std::int32_t>> answers;
          for (const auto* question : questions) answers.push_back(forest.predict(*question, context.threads()));
          return answers;
        },
        fmt::format(
            "random forest of {} trees, Gini, exact splits among the square root of the features, grown to pure leaves",
            *trees)};
  }
};

}  // namespace
}  // namespace morgana::downstream

MORGANA_PLUGIN("downstream", "1.0.0",
               "What a classifier learns from synthetic traces: TRTR, TSTR, TRTS, augmentation, few real samples.",
               morgana::stage<morgana::downstream::DownstreamForest>(
                   "evaluate.downstream", "TRTR, TSTR, TRTS, augmentation and few-real with a random forest."));
