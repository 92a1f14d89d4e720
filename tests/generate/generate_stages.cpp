// SPDX-License-Identifier: Apache-2.0
// Generators as somebody else may write them: one that gives traces without images, and one that cannot be asked for
// anything.
#include <morgana/model.hpp>
#include <morgana/random.hpp>
#include <morgana/stage.hpp>
#include <morgana/traces.hpp>

#include <chrono>
#include <thread>

namespace {

using namespace morgana;

Model trained(const char* kind) {
  Model model;
  model.kind = kind;
  model.class_names = {"org.example.chat", "org.example.mail", "org.example.silent"};
  model.class_counts = {3, 5, 0};
  return model;
}

class TrainLevels final : public Stage {
  Out<Model> model{*this, "model", "A model of kind levels."};
  void run(Context&) override { model = trained("levels"); }
};

class TrainMute final : public Stage {
  Out<Model> model{*this, "model", "A model of kind mute."};
  void run(Context&) override { model = trained("mute"); }
};

/// Traces of four packets, one draw each.
Traces drawn(const Model& model, const std::vector<std::int32_t>& labels, std::uint64_t seed) {
  TraceTable table;
  table.channels = {{"PL", "bytes", {}}, {"IAT", "s", {}}, {"DIR", "", {}}};
  table.label = {model.class_names, labels};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    for (std::uint32_t packet = 0; packet < 4; ++packet) {
      const double draw = Random(seed, i, packet).uniform(0);
      table.channels[0].values.push_back(static_cast<float>(1 + static_cast<int>(1000 * draw)));
      table.channels[1].values.push_back(packet == 0 ? 0.0f : static_cast<float>(0.001 + draw));
      table.channels[2].values.push_back(packet % 2 == 0 ? -1.0f : 1.0f);
    }
    table.offsets.push_back(table.channels[0].values.size());
  }
  return Traces(std::move(table));
}

class SampleLevels final : public Stage {
  In<Model> learned{*this, "learned", "A model of kind levels."};
  Out<Traces> flows{*this, "flows", "Traces, without the way over images."};
  SampledClasses classes{*this};
  Param<int> milliseconds{*this, "milliseconds", {.value = 0, .unit = "ms", .doc = "Time it takes."}};
  Param<bool> deaf{*this, "deaf", {.value = false, .doc = "Whether it goes on when asked to stop."}};
  Seed seed{*this};

  void run(Context& context) override {
    learned->check_kind("levels");
    for (int passed = 0; passed < *milliseconds; passed += 10) {
      context.progress({.done = static_cast<std::uint64_t>(passed),
                        .total = static_cast<std::uint64_t>(*milliseconds),
                        .unit = "ms"});
      if (!*deaf) context.check_stop();
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    flows = drawn(*learned, classes.labels(*learned, context), *seed);
  }
};

class SampleMute final : public Stage {
  In<Model> model{*this, "model", "A model of kind mute."};
  Out<Traces> traces{*this, "traces", "One trace of the first class."};
  Param<double> level{*this, "level", {.doc = "A parameter without a default."}};
  void run(Context&) override { traces = drawn(*model, {0}, 0); }
};

}  // namespace

MORGANA_PLUGIN("generate-stages", "1.0.0", "Generators for tests of morgana generate.",
               morgana::stage<TrainLevels>("train.levels"), morgana::stage<TrainMute>("train.mute"),
               morgana::stage<SampleLevels>("sample.levels"), morgana::stage<SampleMute>("sample.mute"));
