// SPDX-License-Identifier: Apache-2.0
// Two parameters of one name.
#include <morgana/metrics.hpp>
#include <morgana/stage.hpp>

namespace {

using namespace morgana;

class Broken final : public Stage {
  Param<int> first{*this, "steps", {.value = 1, .doc = "Steps."}},
      second{*this, "steps", {.value = 2, .doc = "Steps."}};

  void run(Context&) override {}
};

}  // namespace

MORGANA_PLUGIN("broken", "1.0.0", "Is broken.", stage<Broken>("bad.broken"));
