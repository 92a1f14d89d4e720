// SPDX-License-Identifier: Apache-2.0
#include <morgana/stage.hpp>
#include <morgana/traces.hpp>

#include "biflow_stream.hpp"
#include "capture_files.hpp"
#include "trace_collector.hpp"

namespace morgana::mirage {
namespace {

/// Progress is reported each time this much more was read.
constexpr std::uint64_t kProgressBytes = 1 << 20;

/// MIRAGE-2019 as released (Aceto et al., "MIRAGE: mobile-app traffic capture and ground-truth creation", ICCCS 2019).
class ReadMirage2019 final : public Stage {
  Param<InputPath> path{
      *this,
      "path",
      {.doc = "A capture file, a folder of them, or the archive as released; .json, .json.gz, .tar.gz, .zip."}};
  Param<std::vector<std::string>> channels{
      *this,
      "channels",
      {.value = std::vector<std::string>{"PL", "IAT", "DIR"},
       .choices = {"PL", "IAT", "DIR", "WIN"},
       .doc = "What is kept of each packet: payload bytes, seconds since the previous packet, direction, TCP window."}};
  Param<int> packets{*this,
                     "packets",
                     {.value = 32,
                      .unit = "packets",
                      .min = 0,
                      .doc = "Packets kept from the start of each biflow; 0: all.",
                      .origin = "MIRAGE-2019 lists the first 32 packets"}};
  Param<Choice> zero_payload{
      *this,
      "zero_payload",
      {.value = Choice{"keep"},
       .choices = {"keep", "drop"},
       .doc = "Packets without payload, such as bare acknowledgements; IAT spans those dropped."}};
  Param<bool> exact_only{
      *this,
      "exact_only",
      {.value = false, .doc = "Keep only biflows whose app was seen in the socket log, none labelled by majority."}};
  Param<int> minimum_packets{
      *this, "minimum_packets", {.value = 1, .unit = "packets", .min = 1, .doc = "Shortest trace kept."}};
  Param<Choice> label{*this,
                      "label",
                      {.value = Choice{"flow"},
                       .choices = {"flow", "file"},
                       .doc = "A trace's class: the biflow's own BF_label, or the app that its file is named after."}};
  Param<Choice> background{*this,
                           "background",
                           {.value = Choice{"drop"},
                            .choices = {"drop", "keep", "label"},
                            .doc = "Biflows of another app than their file's: dropped, kept as `label` says, or put "
                                   "into a class \"background\"."}};
  Out<Traces> traces{*this, "traces", "One trace a biflow, ordered by file."};

  Selection selection() const {
    Selection selection;
    selection.channels = *channels;
    selection.packets = static_cast<std::size_t>(*packets);
    selection.minimum_packets = static_cast<std::size_t>(*minimum_packets);
    selection.zero_payload = *zero_payload == "drop" ? ZeroPayload::kDrop : ZeroPayload::kKeep;
    selection.label = *label == "file" ? LabelFrom::kFile : LabelFrom::kFlow;
    selection.background = *background == "drop"   ? Background::kDrop
                           : *background == "keep" ? Background::kKeep
                                                   : Background::kLabel;
    selection.exact_only = *exact_only;
    return selection;
  }

  static void read_one(BiflowStream& stream, const Wanted& wanted, Biflow& biflow, TraceCollector& collector) {
    std::string unescaped;
    try {
      read_biflow(stream, wanted, biflow);
      if (stream.key().find('\\') != std::string_view::npos) unescaped = unescape(stream.key());
      collector.add(unescaped.empty() ? stream.key() : unescaped, biflow);
    } catch (const Damage& damage) {
      collector.skip_damaged(stream.key(), damage);
    }
  }

  void run(Context& context) override {
    const auto selection = this->selection();
    const auto wanted = selection.wanted();
    TraceCollector collector(selection);
    BytesRead bytes;
    std::uint64_t reported = 0;
    Biflow biflow;
    visit_captures(path->path, bytes, [&](const std::string& name, ByteSource& source) {
      collector.begin_file(name);
      BiflowStream stream(source, name);
      while (stream.next()) {
        context.check_stop();
        read_one(stream, wanted, biflow, collector);
        if (bytes.done - reported >= kProgressBytes) context.progress({reported = bytes.done, bytes.total, "bytes"});
      }
    });
    context.progress({bytes.total, bytes.total, "bytes"});
    if (collector.kept() == 0)
      throw Error("none of the {} biflows in {} is left: {}", collector.biflows(), path->path.string(),
                  collector.skipped());
    const auto count = collector.biflows();
    traces = std::move(collector).finish();
    context.log().info("{} traces of {} biflows in {} files, {} classes", traces->size(), count,
                       traces->table().counts.at("files"), traces->class_names().size());
    for (const auto& [what, examples] : traces->table().notes)
      if (what.starts_with("skipped: damaged"))
        context.log().warning("{} {}: {}", what, traces->table().counts.at(what), examples);
  }
};

}  // namespace
}  // namespace morgana::mirage

MORGANA_PLUGIN("mirage", "1.0.0", "Reads the MIRAGE-2019 dataset.",
               morgana::stage<morgana::mirage::ReadMirage2019>("read.mirage-2019",
                                                               "Reads labelled biflows of MIRAGE-2019 as traces."));
