// SPDX-License-Identifier: Apache-2.0
// train.resample and sample.resample: mixed and shaken training traces. What cheap augmentation reaches.
#include <algorithm>
#include <cmath>

#include "control_stage.hpp"
#include "controls.hpp"
#include "morgana/random.hpp"
#include "trace_weights.hpp"

namespace morgana::controls {
namespace {

class TrainResample final : public Stage {
  In<Images> images{*this, "images", "Images of the training traces."};
  Out<Model> model{*this, "model", "The labelled training traces, cut to what an image holds."};

  void run(Context&) override {
    auto result = control_model("resample", *images);
    store_traces(training_traces(*images), images->codec()->length(), result);
    model = std::move(result);
  }
};

class SampleResample final : public Stage {
  In<Model> model{*this, "model", "What train.resample made."};
  Out<Images> images{
      *this, "images",
      "Traces mixed from training traces of one class: `parents` of them are drawn, the first gives the length, and "
      "each position is one parent's whole packet, drawn among those that reach it; then jitter."};
  SampledClasses classes{*this};
  Param<int> parents{*this,
                     "parents",
                     {.value = 2,
                      .unit = "traces",
                      .min = 1,
                      .max = 1000,
                      .doc = "Training traces that a new one is mixed from, drawn with putting back. Many: positions "
                             "become independent."}};
  Param<double> time_jitter{
      *this,
      "time_jitter",
      {.value = 0.1, .min = 0, .max = 2, .doc = "Standard deviation of the log-normal factor on each IAT."}};
  Param<int> payload_jitter{*this,
                            "payload_jitter",
                            {.value = 2,
                             .unit = "bytes",
                             .min = 0,
                             .max = 1000,
                             .doc = "PL moves by a whole number, even in -payload_jitter to +payload_jitter; it stays "
                                    "between 1 and the class's largest. PL of 0 stays."}};
  Seed seed{*this};

  void run(Context& context) override {
    model->check_kind("resample");
    const auto training = stored_traces(*model);
    const auto of_class = training.rows_by_class();
    const auto labels = classes.labels(*model, context);
    const auto numbers = numbers_in_class(labels);
    TraceTable table;
    for (const auto& channel : training.table().channels) table.channels.push_back({channel.name, channel.unit, {}});
    table.label = {model->class_names, labels};
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto& rows = of_class[static_cast<std::size_t>(labels[i])];
      mix(training, rows, class_seed(*seed, labels[i]), numbers[i], table);
    }
    shake(table, training, numbers);
    images = Images(std::make_shared<const Traces>(std::move(table)), model->codec);
  }

  // Steps of a sample's random numbers: 0 the parents, 1 which one gives a position, 2 PL, 3 IAT.
  void mix(const Traces& training, const std::vector<std::size_t>& rows, std::uint64_t class_seed, std::uint64_t sample,
           TraceTable& table) const {
    const Random draw(class_seed, sample, 0), choose(class_seed, sample, 1);
    std::vector<std::size_t> drawn;
    for (int p = 0; p < *parents; ++p)
      drawn.push_back(rows[draw.below(static_cast<std::uint64_t>(p), static_cast<std::uint32_t>(rows.size()))]);
    const auto packets = training.packets(drawn[0]);
    std::vector<std::size_t> reaching;
    for (std::size_t k = 0; k < packets; ++k) {
      reaching.clear();
      for (const auto row : drawn)
        if (training.packets(row) > k) reaching.push_back(row);
      const auto row = reaching[choose.below(k, static_cast<std::uint32_t>(reaching.size()))];
      for (std::size_t c = 0; c < table.channels.size(); ++c)
        table.channels[c].values.push_back(training.channel(c, row)[k]);
    }
    table.offsets.push_back(table.offsets.back() + packets);
  }

  void shake(TraceTable& table, const Traces& training, const std::vector<std::uint64_t>& numbers) const {
    const auto largest = largest_payloads(training);
    for (auto& channel : table.channels) {
      const bool payload = channel.name == "PL", time = channel.name == "IAT";
      if (!payload && !time) continue;
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto label = table.label.id[i];
        const Random jitter(class_seed(*seed, label), numbers[i], payload ? 2 : 3);
        for (auto k = table.offsets[i]; k < table.offsets[i + 1]; ++k) {
          float& value = channel.values[k];
          const auto element = k - table.offsets[i];
          if (time) {
            value *= std::exp(static_cast<float>(*time_jitter) * jitter.normal(element));
          } else if (value > 0) {
            const auto step =
                static_cast<float>(jitter.below(element, static_cast<std::uint32_t>(2 * *payload_jitter + 1))) -
                static_cast<float>(*payload_jitter);
            value = std::clamp(value + step, std::min(1.0f, value), largest[static_cast<std::size_t>(label)]);
          }
        }
      }
    }
  }

  std::vector<float> largest_payloads(const Traces& training) const {
    std::vector<float> largest(model->class_names.size(), 0.0f);
    const auto payload = training.find_channel("PL");
    for (std::size_t row = 0; payload && row < training.size(); ++row)
      for (const float value : training.channel(*payload, row)) {
        auto& most = largest[static_cast<std::size_t>(training.label(row))];
        most = std::max(most, value);
      }
    return largest;
  }
};

}  // namespace

StageEntry train_resample() { return stage<TrainResample>("train.resample", "Control: keeps the training traces."); }
StageEntry sample_resample() {
  return stage<SampleResample>("sample.resample",
                               "Control: training traces of a class mixed packet by packet, with jitter.");
}

}  // namespace morgana::controls
