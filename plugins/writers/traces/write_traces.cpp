// SPDX-License-Identifier: Apache-2.0
#include <morgana/count_text.hpp>
#include <morgana/stage.hpp>
#include <set>

#include "trace_files.hpp"

namespace morgana::write_traces {
namespace {

/// Writes traces for numpy, pandas and whatever else reads these files.
class WriteTraces final : public Stage {
  In<Traces> traces{*this, "traces", "Traces to write, real or generated."};
  Param<OutputPath> path{*this, "path", {.doc = "The file to write."}};
  Param<Choice> format{*this,
                       "format",
                       {.value = Choice{"npz"},
                        .choices = {"npz", "parquet", "csv"},
                        .doc = "npz: one array a channel, for numpy.load; parquet: one row a trace, one list column a "
                               "channel; csv: one row a packet, without keys, flow columns and payload."}};

  /// A file that another format's reader would be opened with; other extensions are the user's.
  Check ends_as_its_format{
      *this, [this] {
        const auto extension = path->path.extension().string();
        for (const auto& other : format.info().choices)
          if (extension == "." + other && *format != other)
            throw Error("the path ends in {}, but the format is {}", extension, format->text)
                .hint(fmt::format("set \"format\": \"{}\", or give a path that ends in .{}", other, format->text));
      }};

  void run(Context& context) override {
    const auto& file = path->path;
    check_names();
    if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
    if (*format == "npz") write_npz(*traces, file);
    else if (*format == "parquet") write_parquet(*traces, file);
    else write_csv(*traces, file);
    context.log().info("wrote {}, {}", count_text(traces->size(), "trace"), count_text(traces->packets(), "packet"));
  }

  /// A channel or column may not be called as something else of the file.
  void check_names() const {
    std::set<std::string> taken{"offsets",         "label",        "label_names",  "capture", "capture_names",
                                "device",          "device_names", "label_source", "keys",    "payload",
                                "payload_offsets", "trace",        "packet",       "LABEL",   "CAPTURE",
                                "DEVICE",          "KEY",          "PAYLOAD"};
    const auto take = [&](const std::string& name) {
      if (!taken.insert(name).second) throw Error("the file would hold \"{}\" twice", name);
    };
    for (const auto& channel : traces->table().channels) take(channel.name);
    for (const auto& column : traces->table().columns) take(column.name);
  }
};

}  // namespace
}  // namespace morgana::write_traces

MORGANA_PLUGIN("traces", "1.0.0", "Writes traces as npz, parquet or csv.",
               morgana::stage<morgana::write_traces::WriteTraces>("write.traces"));
