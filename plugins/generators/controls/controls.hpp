// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "morgana/plugin.hpp"

namespace morgana::controls {

// One pair of stages a control: train.<name> and sample.<name>.
StageEntry train_copy();
StageEntry sample_copy();
StageEntry train_resample();
StageEntry sample_resample();
StageEntry train_markov();
StageEntry sample_markov();

}  // namespace morgana::controls
