// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "morgana/archive.hpp"
#include "morgana/model.hpp"
#include "morgana/traces.hpp"

namespace morgana::controls {

/// Stores the first `packets` packets of labelled traces as a model's weights: `offsets` I64, `label` I32,
/// `channel.<name>` F32; the units go into `configuration`.
void store_traces(const Traces& traces, std::size_t packets, Model& model);

/// The traces that `store_traces` put there, with the model's class names.
Traces stored_traces(const Model& model);

}  // namespace morgana::controls
