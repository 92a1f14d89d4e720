// SPDX-License-Identifier: Apache-2.0
#include "read_mirage_or_table.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>

#ifdef MORGANA_HAS_PARQUET
#include "parquet/teaching_file.hpp"
#endif

namespace morgana::mirage {
namespace {

constexpr std::array<std::string_view, 3> kTableChannels{"PL", "IAT", "DIR"};

bool begins_as_parquet(const std::filesystem::path& file) {
  std::array<char, 4> head{};
  return std::filesystem::is_regular_file(file) &&
         std::ifstream(file, std::ios::binary).read(head.data(), head.size()).gcount() == 4 &&
         std::string_view(head.data(), head.size()) == "PAR1";
}

/// What the JSON has and the table has not.
void refuse(const std::filesystem::path& file, const Selection& selection) {
  const auto name = file.filename().string();
  const auto lacks = [&](std::string_view what, std::string_view remedy) {
    throw Error("{} is a teaching file in parquet and has no {}; {}, or read the release's JSON", name, what, remedy);
  };
  for (const auto& channel : selection.form.channels)
    if (std::find(kTableChannels.begin(), kTableChannels.end(), channel) == kTableChannels.end())
      lacks("channel \"" + channel + '"', fmt::format("it has {}", fmt::join(kTableChannels, ", ")));
  if (selection.form.payload_bytes > 0) lacks("payload bytes", "set payload_bytes to 0");
  if (selection.features) lacks("statistics of whole biflows", "set features to false");
  if (selection.exact_only) lacks("word on how a label was found", "set exact_only to false");
  if (selection.app == AppFrom::kFile) lacks("capture files", "set app_from to \"flow\"");
  if (selection.label != LabelKind::kApp)
    lacks("labels but one", "set label to \"app\" and label_column to the column wanted");
}

}  // namespace

void ReadMirageOrTable::run(Context& context) {
  if (begins_as_parquet(path->path)) read_table(context);
  else read_json(context);
}

void ReadMirageOrTable::read_table([[maybe_unused]] Context& context) {
  const auto selection = this->selection();
  selection.check();
  refuse(path->path, selection);
#ifdef MORGANA_HAS_PARQUET
  tables::TeachingOptions options;
  options.channels = selection.form.channels;
  options.label = *label_column;
  options.kept = selection.form.kept;
  options.seconds_per_unit = *time_unit == "us" ? 1e-6 : 1.0;
  options.drop_padding = *padding == "drop";
  traces = tables::teaching_traces(path->path, options, context);
#else
  throw Error("{} is parquet, and this Morgana was built without Arrow; run scripts/setup and build it again",
              path->path.string());
#endif
}

}  // namespace morgana::mirage
