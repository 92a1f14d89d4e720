// SPDX-License-Identifier: Apache-2.0
// A constructor that does more than declare.
#include <morgana/metrics.hpp>
#include <morgana/stage.hpp>

#include <stdexcept>

namespace {

using namespace morgana;

class Broken final : public Stage {
 public:
  Broken() { throw std::runtime_error("no licence"); }

  void run(Context&) override {}
};

}  // namespace

MORGANA_PLUGIN("broken", "1.0.0", "Is broken.", stage<Broken>("bad.broken"));
