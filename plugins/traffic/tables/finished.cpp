// SPDX-License-Identifier: Apache-2.0
#include "tables/finished.hpp"

#include "morgana/error.hpp"

namespace morgana::tables {

Traces finished(RowCollector&& collector, const std::filesystem::path& path, Context& context) {
  const auto skipped = collector.skipped(), name = collector.row_name();
  if (collector.kept() == 0)
    throw Error("none of the {} {} in {} is left{}{}", collector.rows(), name, path.string(),
                skipped.empty() ? "" : ": ", skipped);
  const auto count = collector.rows();
  auto traces = std::move(collector).finish();
  context.log().info("{} traces of {} {}, {} classes", traces.size(), count, name, traces.class_names().size());
  if (!skipped.empty()) context.log().warning("left out: {}", skipped);
  for (const auto& [what, examples] : traces.table().notes)
    if (what.starts_with("skipped: ")) context.log().warning("{}: {}", what, examples);
  return traces;
}

}  // namespace morgana::tables
