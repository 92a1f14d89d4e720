// SPDX-License-Identifier: Apache-2.0
#include "tables/finished.hpp"

#include "morgana/error.hpp"

namespace morgana::tables {

Traces finished(RowCollector&& collector, const std::filesystem::path& path, Context& context) {
  const auto skipped = collector.skipped(), rows = collector.count_of_rows();
  if (collector.kept() == 0)
    throw Error("no trace is left of {} in {}{}{}", rows, path.string(), skipped.empty() ? "" : ": ", skipped);
  auto traces = std::move(collector).finish();
  context.log().info("{} of {}, {}", count_text(traces.size(), "trace"), rows,
                     count_text(traces.class_names().size(), "class", "classes"));
  if (!skipped.empty()) context.log().warning("left out: {}", skipped);
  for (const auto& [what, examples] : traces.table().notes)
    if (what.starts_with("skipped: ")) context.log().warning("{}: {}", what.substr(9), examples);
  return traces;
}

}  // namespace morgana::tables
