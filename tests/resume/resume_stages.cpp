// SPDX-License-Identifier: Apache-2.0
// Small stages that take some time, draw numbers, keep checkpoints, or misbehave.
#include <morgana/metrics.hpp>
#include <morgana/random.hpp>
#include <morgana/stage.hpp>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <vector>

namespace {

using morgana::Metrics;

Metrics number(double value) {
  Metrics metrics;
  metrics.evaluator = "test";
  morgana::Metric metric;
  metric.name = "number";
  metric.value = value;
  metrics.metrics.push_back(metric);
  return metrics;
}

void wait(std::int64_t milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

class Draw final : public morgana::Stage {
  morgana::Out<Metrics> result{*this, "result", "A random number."};
  morgana::Seed seed{*this};
  void run(morgana::Context&) override { result = number(morgana::Random(*seed, 0).uniform(0)); }
};

/// A long computation, each step of which needs the one before, as in training.
class Steps final : public morgana::Stage {
  morgana::In<Metrics> start{*this, "start", "Where it begins."};
  morgana::Out<Metrics> result{*this, "result", "Where it ends."};
  morgana::Param<int> steps{*this, "steps", {.value = 20, .doc = "Steps."}};
  morgana::Param<int> milliseconds{*this, "milliseconds", {.value = 5, .unit = "ms", .doc = "Time a step takes."}};
  morgana::Seed seed{*this};

  void run(morgana::Context& context) override {
    const auto checkpoint = context.checkpoints() / "state", beside = context.checkpoints() / "state.part";
    double value = start->metrics.at(0).value;
    int step = 0;
    if (std::ifstream file(checkpoint); file >> step >> value) context.log().info("goes on at step {}", step);
    for (; step < *steps; ++step) {
      if (context.stop_requested()) {
        std::ofstream(beside) << fmt::format("{} {}", step, value);
        std::filesystem::rename(beside, checkpoint);
        context.check_stop();
      }
      context.progress({.done = static_cast<std::uint64_t>(step),
                        .total = static_cast<std::uint64_t>(*steps),
                        .unit = "steps",
                        .note = fmt::format("value {:.3f}", value)});
      value = 0.5 * value + morgana::Random(*seed, 0, static_cast<std::uint32_t>(step)).uniform(0);
      wait(*milliseconds);
      if (step % 5 == 4) {
        std::ofstream(beside) << fmt::format("{} {}", step + 1, value);
        std::filesystem::rename(beside, checkpoint);
      }
    }
    result = number(value);
  }
};

class Mix final : public morgana::Stage {
  morgana::Gather<Metrics> numbers{*this, "numbers", "Numbers."};
  morgana::Out<Metrics> result{*this, "result", "Their sum."};
  void run(morgana::Context&) override {
    double sum = 0;
    for (std::size_t i = 0; i < numbers.size(); ++i) sum += numbers[i].metrics.at(0).value;
    result = number(sum);
  }
};

class Write final : public morgana::Stage {
  morgana::In<Metrics> value{*this, "value", "A number."};
  morgana::Param<morgana::OutputPath> path{
      *this, "path", {.value = morgana::OutputPath{"number.txt"}, .doc = "Where to."}};
  morgana::Param<morgana::OutputPath> copy{
      *this, "copy", {.value = morgana::OutputPath{}, .doc = "Where else to; empty: nowhere."}};
  void run(morgana::Context&) override {
    for (const auto* file : {&*path, &*copy})
      if (!file->path.empty()) std::ofstream(file->path) << fmt::format("{}\n", value->metrics.at(0).value);
  }
};

class Misbehave final : public morgana::Stage {
  morgana::In<Metrics> start{*this, "start", "A number.", morgana::Need::kOptional};
  morgana::Out<Metrics> result{*this, "result", "A number."};
  morgana::Param<morgana::Choice> how{*this,
                                      "how",
                                      {.value = morgana::Choice{"hang"},
                                       .choices = {"hang", "address", "abort", "recursion", "thread", "crowd", "error"},
                                       .doc = "What it does."}};

  /// In small steps: none leads past the page that guards the stack, into what lies beyond.
  [[gnu::noinline]] static int deeper(volatile int* above) {
    volatile int here[64] = {*above};
    return here[0] == 1 ? 0 : deeper(here) + here[7];
  }
  void run(morgana::Context& context) override {
    context.progress({.done = 1, .note = "misbehaves"});
    if (*how == "hang") wait(600'000);
    volatile std::uintptr_t nowhere = 16;
    const auto write_nowhere = [&] { *reinterpret_cast<volatile int*>(nowhere) = 1; };
    if (*how == "address") write_nowhere();
    if (*how == "crowd") {
      std::vector<std::thread> crowd;
      for (int i = 0; i < 8; ++i) crowd.emplace_back(write_nowhere);
      for (auto& thread : crowd) thread.join();
    }
    if (*how == "abort") std::abort();
    if (*how == "thread") std::thread([] { throw 1; }).join();
    volatile int zero = 0;
    if (*how == "recursion") result = number(deeper(&zero));
    throw morgana::Error("it misbehaves as it was told");
  }
};

}  // namespace

MORGANA_PLUGIN("resume-stages", "1.0.0", "Stages for tests of runs that end early.", morgana::stage<Draw>("test.draw"),
               morgana::stage<Steps>("test.steps"), morgana::stage<Mix>("test.mix"),
               morgana::stage<Write>("test.write"), morgana::stage<Misbehave>("test.misbehave"));
