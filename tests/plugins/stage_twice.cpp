// SPDX-License-Identifier: Apache-2.0
// Two stages of one name.
#include <morgana/metrics.hpp>
#include <morgana/stage.hpp>

namespace {

using namespace morgana;

class Broken final : public Stage {
  void run(Context&) override {}
};

}  // namespace

MORGANA_PLUGIN("broken", "1.0.0", "Is broken.", stage<Broken>("bad.broken"), stage<Broken>("bad.broken"));
