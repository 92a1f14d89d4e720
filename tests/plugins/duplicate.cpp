// SPDX-License-Identifier: Apache-2.0
// Offers a stage that the sample plugin offers too.
#include <morgana/metrics.hpp>
#include <morgana/stage.hpp>

namespace {

using namespace morgana;

class Broken final : public Stage {
  void run(Context&) override {}
};

}  // namespace

MORGANA_PLUGIN("duplicate", "1.0.0", "Offers what is there.", stage<Broken>("test.make"));
