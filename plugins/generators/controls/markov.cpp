// SPDX-License-Identifier: Apache-2.0
// train.markov and sample.markov: sizes seen, one packet of memory. What a model has to beat to have learned more.
#include <nlohmann/json.hpp>

#include "control_stage.hpp"
#include "controls.hpp"
#include "markov_chain.hpp"
#include "morgana/random.hpp"

namespace morgana::controls {
namespace {

class TrainMarkov final : public Stage {
  In<Images> images{*this, "images", "Images of the training traces."};
  Out<Model> model{*this, "model", "The counts of a first-order Markov chain for each class."};

  void run(Context& context) override {
    for (const auto& [channel, unit] : images->codec()->trace_channels())
      if (channel != "PL" && channel != "DIR" && channel != "IAT")
        throw Error("train.markov knows PL, DIR and IAT; the images hold {} as well", channel)
            .hint(fmt::format("leave {} out of the encoder's channels, or compare with \"copy\" and \"resample\" alone",
                              channel));
    const MarkovChain chain(training_traces(*images), images->codec()->length());
    auto result = control_model("markov", *images);
    chain.store(result);
    result.configuration = nlohmann::json{{"packets", images->codec()->length()}, {"time_bins_a_decade", 10}}.dump();
    result.facts["parameters"] = static_cast<double>(chain.steps());
    context.log().info("{} states, {} different steps", chain.states(), chain.steps());
    model = std::move(result);
  }
};

class SampleMarkov final : public Stage {
  In<Model> model{*this, "model", "What train.markov counted."};
  Out<Images> images{*this, "images",
                     "Walks along the chain: PL and DIR as seen in training, IAT log-uniform within its bin."};
  SampledClasses classes{*this};
  Seed seed{*this};

  void run(Context& context) override {
    model->check_kind("markov");
    const MarkovChain chain(*model);
    const auto labels = classes.labels(*model, context);
    const auto numbers = numbers_in_class(labels);
    TraceTable table;
    table.channels = {{"PL", "bytes", {}}, {"DIR", "", {}}, {"IAT", "s", {}}};
    table.label = {model->class_names, labels};
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto packets = chain.draw(labels[i], class_seed(*seed, labels[i]), numbers[i], model->codec->length(),
                                      table.channels[0].values, table.channels[1].values, table.channels[2].values);
      table.offsets.push_back(table.offsets.back() + packets);
    }
    images = Images(std::make_shared<const Traces>(std::move(table)), model->codec);
  }
};

}  // namespace

StageEntry train_markov() {
  return stage<TrainMarkov>("train.markov", "Control: counts a first-order Markov chain of packets for each class.");
}
StageEntry sample_markov() {
  return stage<SampleMarkov>("sample.markov", "Control: walks along the chain of train.markov.");
}

}  // namespace morgana::controls
