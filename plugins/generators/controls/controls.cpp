// SPDX-License-Identifier: Apache-2.0
#include "controls.hpp"

using namespace morgana::controls;

MORGANA_PLUGIN("controls", "1.0.0", "Generators that need no learning: what a learned one has to beat.", train_copy(),
               sample_copy(), train_resample(), sample_resample(), train_markov(), sample_markov());
