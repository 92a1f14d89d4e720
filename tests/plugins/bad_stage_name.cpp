// SPDX-License-Identifier: Apache-2.0
// A stage whose name is not kind.name.
#include <morgana/metrics.hpp>
#include <morgana/stage.hpp>

namespace {

using namespace morgana;

class Broken final : public Stage {
  void run(Context&) override {}
};

}  // namespace

MORGANA_PLUGIN("broken", "1.0.0", "Is broken.", stage<Broken>("Broken Stage"));
