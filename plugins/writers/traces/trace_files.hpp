// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "morgana/traces.hpp"

namespace morgana::write_traces {

/// One `numpy.load` away: the packets of each channel in one array under the channel's name, `offsets` (trace i holds
/// packets [offsets[i], offsets[i + 1])), `label` and `label_names` (likewise capture and device; -1: unknown),
/// `label_source`, `keys` and each column under its name. Stored, not compressed; equal traces give equal bytes.
void write_npz(const Traces& traces, const std::filesystem::path& file);

/// One row a trace: a list column a channel, LABEL, CAPTURE, DEVICE and KEY where they are known, and each column
/// under its name. Units stand in the fields' metadata ("unit"), counts and notes in the schema's.
void write_parquet(const Traces& traces, const std::filesystem::path& file);

}  // namespace morgana::write_traces
