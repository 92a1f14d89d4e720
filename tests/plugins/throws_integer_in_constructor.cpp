// SPDX-License-Identifier: Apache-2.0
// A constructor that throws what is no exception.
#include <morgana/metrics.hpp>
#include <morgana/stage.hpp>

namespace {

using namespace morgana;

class Broken final : public Stage {
 public:
  Broken() { throw 7; }

  void run(Context&) override {}
};

}  // namespace

MORGANA_PLUGIN("broken", "1.0.0", "Is broken.", stage<Broken>("bad.broken"));
