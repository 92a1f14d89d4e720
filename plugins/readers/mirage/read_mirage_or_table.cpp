// SPDX-License-Identifier: Apache-2.0
#include "read_mirage_or_table.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "files/parquet_mark.hpp"
#ifdef MORGANA_HAS_PARQUET
#include "parquet/teaching_file.hpp"
#endif

namespace morgana::mirage {
namespace {

constexpr std::array<std::string_view, 3> kTableChannels{"PL", "IAT", "DIR"};

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

/// The teaching file of a folder that holds no capture; none where there are captures or archives of them.
std::optional<std::filesystem::path> teaching_file_in(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::vector<fs::path> tables;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const auto ending = entry.path().extension();
    if (ending == ".json" || ending == ".gz" || ending == ".zip" || ending == ".tar") return std::nullopt;
    if (ending == ".parquet") tables.push_back(entry.path());
  }
  if (tables.empty()) return std::nullopt;
  if (tables.size() > 1) {
    std::sort(tables.begin(), tables.end());
    throw Error("{} holds {} teaching files, and one is read", folder.string(), tables.size())
        .hint(fmt::format("name one of them: {}", tables.front().string()));
  }
  return tables.front();
}

}  // namespace

void ReadMirageOrTable::run(Context& context) {
  if (std::filesystem::is_directory(path->path)) {
    if (const auto file = teaching_file_in(path->path)) return read_table(*file, context);
    return read_json(context);
  }
  if (files::begins_as_parquet(path->path)) read_table(path->path, context);
  else read_json(context);
}

void ReadMirageOrTable::read_table(const std::filesystem::path& file, [[maybe_unused]] Context& context) {
  const auto selection = this->selection();
  selection.check();
  refuse(file, selection);
#ifdef MORGANA_HAS_PARQUET
  tables::TeachingOptions options;
  options.channels = selection.form.channels;
  options.label = *label_column;
  options.kept = selection.form.kept;
  options.seconds_per_unit = *time_unit == "us" ? 1e-6 : 1.0;
  options.drop_padding = *padding == "drop";
  traces = tables::teaching_traces(file, options, context);
#else
  throw Error("{} is parquet, and this Morgana was built without Arrow; run scripts/setup and build it again",
              file.string());
#endif
}

}  // namespace morgana::mirage
