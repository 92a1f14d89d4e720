// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "morgana/metrics.hpp"

namespace morgana::accounting {

/// Where a value that is written comes from.
enum class Source : std::uint8_t {
  kGenerated,  ///< the traces hold it: a generator made it, or, of real traces, a reader read it
  kDerived,    ///< it follows from what the traces hold
  kFilledIn,   ///< neither: a parameter, a constant, the seed, or left open
};
inline constexpr std::array<std::string_view, 3> kSourceNames{"generated", "derived", "filled in"};
inline std::string_view name_of(Source source) { return kSourceNames[static_cast<std::size_t>(source)]; }

/// The metrics of a writer, as yet without values; notes say what the sources mean.
Metrics field_metrics(std::string stage);

/// Adds "values" with the tags "field" and "source": so many of a field's values come from there. Nothing for 0.
void add_values(Metrics& metrics, std::string_view field, Source source, std::uint64_t count, std::string how = "");

/// Adds "changed" with the tag "what": so often something of the traces is not written as it was.
void add_changed(Metrics& metrics, const std::string& what, std::uint64_t count);

Metric counted(std::string name, std::uint64_t count, std::string unit, std::map<std::string, std::string> tags);

}  // namespace morgana::accounting
