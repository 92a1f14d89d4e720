// SPDX-License-Identifier: Apache-2.0
#include "tables/finished.hpp"

#include "morgana/error.hpp"

namespace morgana::tables {

Traces finished(RowCollector&& collector, const std::filesystem::path& path, Context& context) {
  const auto skipped = collector.skipped();
  const auto rows = collector.count_of_rows();
  if (collector.kept() == 0)
    throw Error("no trace is left of {} in {}{}{}", rows, path.string(), skipped.empty() ? "" : ": ",
                skipped.summary());
  auto traces = std::move(collector).finish();
  context.log().info("{} of {}, {}", count_text(traces.size(), "trace"), rows,
                     count_text(traces.class_names().size(), "class", "classes"));
  if (!skipped.empty()) context.log().warning("left out: {}", skipped.summary());
  for (const auto& [reason, places] : skipped.examples()) context.log().warning("{}: {}", reason, places);
  return traces;
}

}  // namespace morgana::tables
