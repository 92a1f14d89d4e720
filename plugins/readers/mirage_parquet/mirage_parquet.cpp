// SPDX-License-Identifier: Apache-2.0
#include <morgana/stage.hpp>
#include <morgana/traces.hpp>

#include "parquet/teaching_file.hpp"

namespace morgana::mirage_parquet {
namespace {

/// The files in which the university's courses hand out MIRAGE-VIDEO and MIRAGE-AppxAct: one row a biflow.
class ReadTeachingFile final : public Stage {
  void run(Context& context) override {
    if (packets_below_minimum()) throw Error("minimum_packets {} is more than packets {}", *minimum_packets, *packets);
    tables::TeachingOptions options;
    options.channels = *channels;
    options.label = *label;
    options.packets = static_cast<std::size_t>(*packets);
    options.minimum_packets = static_cast<std::size_t>(*minimum_packets);
    options.seconds_per_unit = *time_unit == "us" ? 1e-6 : 1.0;
    options.drop_padding = *padding == "drop";
    traces = tables::teaching_traces(path->path, options, context);
    context.log().info("{} traces of {} biflows, {} classes", traces->size(), traces->table().counts.at("biflows"),
                       traces->class_names().size());
  }

 private:
  bool packets_below_minimum() const { return *packets != 0 && *packets < *minimum_packets; }

  Param<InputPath> path{
      *this,
      "path",
      {.doc = "The parquet file: one row a biflow, list columns PL, DIR and perhaps IAT, a text column."}};
  Param<std::vector<std::string>> channels{
      *this,
      "channels",
      {.value = std::vector<std::string>{"PL", "IAT", "DIR"},
       .choices = {"PL", "IAT", "DIR"},
       .doc =
           "What is kept of each packet: payload bytes, seconds since the previous packet (where the file has them), "
           "direction."}};
  Param<std::string> label{*this, "label", {.value = "LABEL", .doc = "The text column that becomes the class."}};
  Param<int> packets{
      *this,
      "packets",
      {.value = 0,
       .unit = "packets",
       .min = 0,
       .doc = "Packets kept from the start of each biflow; 0: all, which are 10 in the files as handed out."}};
  Param<int> minimum_packets{
      *this, "minimum_packets", {.value = 1, .unit = "packets", .min = 1, .doc = "Shortest trace kept."}};
  Param<Choice> time_unit{*this,
                          "time_unit",
                          {.value = Choice{"us"},
                           .choices = {"us", "s"},
                           .doc = "Unit of the file's IAT; traces hold seconds.",
                           .origin = "the files hold microseconds"}};
  Param<Choice> padding{*this,
                        "padding",
                        {.value = Choice{"drop"},
                         .choices = {"drop", "keep"},
                         .doc = "Packets of zero payload at the end of a row, with which some files fill rows up."}};
  Out<Traces> traces{*this, "traces", "One trace a row, in the file's order."};
};

}  // namespace
}  // namespace morgana::mirage_parquet

MORGANA_PLUGIN(
    "mirage-parquet", "1.0.0", "Reads MIRAGE-VIDEO and MIRAGE-AppxAct from parquet.",
    morgana::stage<morgana::mirage_parquet::ReadTeachingFile>("read.mirage-video",
                                                              "Reads MIRAGE-VIDEO from its teaching parquet file."),
    morgana::stage<morgana::mirage_parquet::ReadTeachingFile>("read.mirage-appxact",
                                                              "Reads MIRAGE-AppxAct from its teaching parquet file."));
