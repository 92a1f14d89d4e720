// SPDX-License-Identifier: Apache-2.0
// train.copy and sample.copy: the training traces themselves. The best score a memoriser can reach.
#include <numeric>

#include "control_stage.hpp"
#include "controls.hpp"
#include "morgana/random.hpp"
#include "trace_weights.hpp"

namespace morgana::controls {
namespace {

class TrainCopy final : public Stage {
  In<Images> images{*this, "images", "Images of the training traces."};
  Out<Model> model{*this, "model", "The labelled training traces, cut to what an image holds."};

  void run(Context&) override {
    auto result = control_model("copy", *images);
    store_traces(training_traces(*images), images->codec()->length(), result);
    model = std::move(result);
  }
};

class SampleCopy final : public Stage {
  In<Model> model{*this, "model", "What train.copy made."};
  Out<Images> images{*this, "images",
                     "Exact copies of training traces, drawn at random without putting back until a class is used up; "
                     "then again in another order."};
  SampledClasses classes{*this};
  Seed seed{*this};

  void run(Context& context) override {
    model->check_kind("copy");
    const auto training = stored_traces(*model);
    const auto of_class = training.rows_by_class();
    const auto labels = classes.labels(*model, context);
    const auto numbers = numbers_in_class(labels);
    std::vector<std::size_t> rows, order;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto& all = of_class[static_cast<std::size_t>(labels[i])];
      if (numbers[i] % all.size() == 0) {
        order = all;
        Random(class_seed(*seed, labels[i]), numbers[i] / all.size()).shuffle(order);
      }
      rows.push_back(order[numbers[i] % all.size()]);
    }
    images = Images(std::make_shared<const Traces>(training.select(rows)), model->codec);
  }
};

}  // namespace

StageEntry train_copy() { return stage<TrainCopy>("train.copy", "Control: keeps the training traces."); }
StageEntry sample_copy() { return stage<SampleCopy>("sample.copy", "Control: exact copies of training traces."); }

}  // namespace morgana::controls
