// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "morgana/traces.hpp"

namespace morgana::write_traces {

/// One `numpy.load` away: the packets of each channel in one array under the channel's name, `offsets` (trace i holds
/// packets [offsets[i], offsets[i + 1])), `label` and `label_names` (likewise capture and device; -1: unknown),
/// `label_source`, `keys` and each column under its name; `payload` and `payload_offsets` (packet i holds bytes
/// [payload_offsets[i], payload_offsets[i + 1])). Stored, not compressed; equal traces give equal bytes.
void write_npz(const Traces& traces, const std::filesystem::path& file);

/// One row a trace: a list column a channel, PAYLOAD (a list of binaries), LABEL, CAPTURE, DEVICE and KEY where they
/// are known, and each column under its name. Units stand in the fields' metadata ("unit"), counts and notes in the
/// schema's.
void write_parquet(const Traces& traces, const std::filesystem::path& file);

/// One row a packet: the trace's number from 0, its label, capture and device where there are such, the packet's number
/// in its trace from 0, and each channel. What is of a trace and not of its packets (keys, label source, columns), and
/// payload, is left out: it would stand in every row. A trace without packets has no row.
void write_csv(const Traces& traces, const std::filesystem::path& file);

}  // namespace morgana::write_traces
