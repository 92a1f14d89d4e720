// SPDX-License-Identifier: Apache-2.0
// Stages that declare themselves well and misbehave when they run: the host survives each and names the cause.
#include <morgana/metrics.hpp>
#include <morgana/stage.hpp>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace {

using namespace morgana;

class Misbehaved : public Stage {
 protected:
  Out<Metrics> metrics{*this, "metrics", "One number."};
};

class ThrowsException final : public Misbehaved {
  void run(Context&) override { throw std::runtime_error("the disk is on fire"); }
};

class ThrowsInteger final : public Misbehaved {
  void run(Context&) override { throw 42; }
};

class ThrowsError final : public Misbehaved {
  void run(Context&) override {
    throw Error("no trace has {} packets; the longest has {}", 10, 3).hint("ask for fewer");
  }
};

class ReadsOutput final : public Misbehaved {
  void run(Context&) override { metrics = Metrics(*metrics); }
};

class ForgetsOutput final : public Misbehaved {
  void run(Context&) override {}
};

class AssignsTwice final : public Misbehaved {
  void run(Context&) override {
    metrics = Metrics();
    metrics = Metrics();
  }
};

/// Never looks at the stop request; ends by itself after a minute, so that no test leaves it behind.
class Hangs final : public Misbehaved {
  void run(Context&) override {
    std::this_thread::sleep_for(std::chrono::seconds(60));
    metrics = Metrics();
  }
};

class Crashes final : public Misbehaved {
  void run(Context&) override { *static_cast<volatile int*>(nullptr) = 1; }
};

class ChecksByThrowing final : public Misbehaved {
  Check check_{*this, [] { throw 42; }};
  void run(Context&) override {}
};

}  // namespace

MORGANA_PLUGIN("misbehaved", "1.0.0", "Stages that misbehave.", stage<ThrowsException>("bad.throws-exception"),
               stage<ThrowsInteger>("bad.throws-integer"), stage<ThrowsError>("bad.throws-error"),
               stage<ReadsOutput>("bad.reads-output"), stage<ForgetsOutput>("bad.forgets-output"),
               stage<AssignsTwice>("bad.assigns-twice"), stage<Hangs>("bad.hangs"), stage<Crashes>("bad.crashes"),
               stage<ChecksByThrowing>("bad.checks-by-throwing"));
