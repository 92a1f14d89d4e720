// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "forms/trace_form.hpp"
#include "morgana/context.hpp"
#include "morgana/traces.hpp"

namespace morgana::tables {

/// What is taken of a teaching file.
struct TeachingOptions {
  std::vector<std::string> channels{"PL", "IAT", "DIR"};  ///< IAT is left out where the file has none
  std::string label = "LABEL";                            ///< the text column that becomes the class
  forms::KeptPackets kept{};                              ///< whole rows: 10 packets as handed out
  double seconds_per_unit = 1e-6;                         ///< of the file's IAT
  bool drop_padding = true;                               ///< packets of zero payload at the end of a row
};

/// Traces of a file in which the university's courses hand out MIRAGE-VIDEO and MIRAGE-AppxAct: one row a biflow, list
/// columns PL (payload bytes), DIR (0 up, 1 down) and perhaps IAT, one text column.
///
/// What is left out is counted and named in the table. Throws `Error` where a column is missing, of another type, or no
/// trace is left.
Traces teaching_traces(const std::filesystem::path& file, const TeachingOptions& options, Context& context);

}  // namespace morgana::tables
