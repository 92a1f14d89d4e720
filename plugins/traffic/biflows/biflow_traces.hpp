// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "biflows/biflow.hpp"
#include "forms/trace_form.hpp"
#include "morgana/trace_builder.hpp"
#include "morgana/traces.hpp"

namespace morgana::biflows {

/// What is known of a biflow besides its packets.
struct TraceLabel {
  std::string label, capture, device;
  LabelSource source = LabelSource::kUnknown;
};

/// Gathers biflows as traces, with their totals as columns under the names of MIRAGE's flow metadata.
class BiflowTraces {
 public:
  /// Throws `Error` where the form is none for biflows of packets.
  explicit BiflowTraces(const forms::TraceForm& form);

  /// False where too few packets are left; then nothing is added.
  bool add(const Biflow& biflow, const TraceLabel& label);
  std::size_t size() const noexcept { return table_.offsets.size() - 1; }
  /// Counts and notes may be added to the table before it becomes `Traces`.
  TraceTable finish() &&;

 private:
  forms::TraceForm form_;
  TraceTable table_;
  NameColumnBuilder label_, capture_, device_;
  std::vector<std::size_t> chosen_;
};

}  // namespace morgana::biflows
