// SPDX-License-Identifier: Apache-2.0
// build.mirage: captures and socket logs to a labelled dataset in MIRAGE's JSON.
#include <morgana/count_text.hpp>
#include <morgana/metrics.hpp>
#include <morgana/stage.hpp>
#include <morgana/traces.hpp>

#include "biflows/biflow_traces.hpp"
#include "captures/capture_parameters.hpp"
#include "captures/packet_files.hpp"
#include "dataset_files.hpp"
#include "forms/form_parameters.hpp"

namespace morgana::mirage_builder {
namespace {

/// The builder of the MIRAGE architecture: ground truth from the sockets that processes had while traffic was captured
/// (Aceto et al., "MIRAGE: mobile-app traffic capture and ground-truth creation", ICCCS 2019).
class BuildMirage final : public Stage {
  Param<InputPath> captures{*this,
                            "captures",
                            {.doc = "A folder of captures as `morgana capture` leaves it, <device>/<epoch>_<package>"
                                    ".pcapng with its socket log <epoch>_<package>.sockets beside it; or any captures, "
                                    "with netstat.log, ss.log or strace.log in their folders."}};
  Param<OutputPath> path{*this, "path", {.value = OutputPath{"mirage"}, .doc = "The folder of the dataset."}};
  Param<Choice> release{*this,
                        "release",
                        {.value = Choice{"2019"},
                         .choices = {mirage_format::kReleaseNames.begin(), mirage_format::kReleaseNames.end()},
                         .doc = "Whose files these are like: MIRAGE-2019 lists the first 32 packets of a biflow, the "
                                "later ones all, with timestamps, headers and flags."}};
  Param<int> payload_bytes{*this,
                           "payload_bytes",
                           {.value = 0,
                            .unit = "bytes",
                            .min = 0,
                            .doc = "Payload kept of each packet; 0 keeps none, which nobody's secrets are in."}};
  captures::CaptureParameters capture{*this};
  Param<std::vector<std::string>> channels{*this,
                                           "channels",
                                           {.value = std::vector<std::string>{"PL", "IAT", "DIR"},
                                            .choices = forms::header_channels(),
                                            .doc = forms::channels_doc(forms::header_channels())}};
  Check channels_differ{
      *this, [this] { forms::TraceForm{.channels = *channels}.check("a biflow of packets", channels.info().choices); }};
  Param<int> packets{
      *this,
      "packets",
      {.value = 32, .unit = "packets", .min = 0, .doc = "Packets of each trace, from its start; 0: all."}};
  Out<Traces> traces{*this, "traces", "The labelled biflows, by capture and first packet; without label: left out."};
  Out<Metrics> accounting{*this, "accounting", "How many biflows were labelled by what."};

  void run(Context& context) override {
    const auto like = mirage_format::release_of(release->text);
    auto assembly = capture.assembly();
    assembly.payload_kept = static_cast<std::size_t>(*payload_bytes);
    biflows::BiflowTraces result({.channels = *channels,
                                  .kept = {.most = static_cast<std::size_t>(*packets)},
                                  .payload_bytes = assembly.payload_kept});
    captures::CaptureLogs logs(captures->path, capture.apps());
    captures::PacketAccount account;
    DatasetFiles dataset(path->path, like);
    LabelCounts all;
    Omissions omitted;
    captures::read_packet_files(
        captures->path, assembly, context, account, [&](const std::string& file, const biflows::Biflows& found) {
          if (found.empty()) {
            omitted.add("capture without TCP or UDP", file);
            return;
          }
          const auto log = logs.find(file);
          if (log == nullptr) omitted.add("no socket log: labelled by the capture's name", file);
          const auto name = packets::read_capture_file_name(file);
          LabelCounts counts;
          std::vector<mirage_format::GroundTruth> truths;
          for (const auto& biflow : found) {
            truths.push_back(ground_truth(biflow, name, log.get(), counts));
            const auto& truth = truths.back();
            if (!truth.label)
              omitted.add("no label, in the JSON only", fmt::format("{} biflow {}", file, biflow.key()));
            else
              result.add(
                  biflow,
                  {.label = *truth.label, .capture = file, .device = name.folder, .source = truth.labeling_type});
          }
          dataset.write(file, found, truths, log.get(), counts, omitted);
          for (const auto& [what, count] : counts) all[what] += count;
        });
    dataset.finish();
    omitted.append(logs.skipped());
    omitted.append(account.left_out());
    if (dataset.files() == 0)
      throw Error("there is neither TCP nor UDP in {} of {}; left out: {}", count_text(account.captures, "capture"),
                  captures->path.string(), omitted.summary());
    finish(context, std::move(result), account, omitted, all, dataset.files());
  }

  void finish(Context& context, biflows::BiflowTraces&& result, const captures::PacketAccount& account,
              const Omissions& omitted, const LabelCounts& counts, std::int64_t files) {
    auto table = std::move(result).finish();
    table.counts["captures"] = account.captures;
    table.counts["biflows"] = account.biflows;
    for (const auto& [what, count] : counts) table.counts["labelled by " + what] = count;
    omitted.write_to(table);
    Metrics metrics;
    metrics.evaluator = "build.mirage";
    for (const auto& [what, count] : counts)
      metrics.metrics.push_back({.name = "labelled_share",
                                 .value = static_cast<double>(count) / static_cast<double>(account.biflows),
                                 .better = what == "5-tuple" ? Better::kHigher : Better::kNeither,
                                 .tags = {{"by", what}},
                                 .real_count = account.biflows});
    metrics.notes["labelled_share"] =
        "share of the biflows whose label came from the log's row of their own socket (5-tuple, exact), from other "
        "sockets to the same server, from all sockets of the log, from the capture's name, or from nothing";
    accounting = std::move(metrics);
    traces = Traces(std::move(table));
    context.log().info("{} of {} in {}, {}", count_text(account.biflows, "biflow"),
                       count_text(account.captures, "capture"), count_text(files, "file"),
                       count_text(traces->class_names().size(), "class", "classes"));
    if (!omitted.empty()) context.log().info("left out: {}", omitted.summary());
    for (const auto& [reason, places] : omitted.examples()) context.log().warning("{}: {}", reason, places);
  }
};

}  // namespace
}  // namespace morgana::mirage_builder

MORGANA_PLUGIN("mirage_builder", "1.0.0", "Builds datasets in the manner of MIRAGE.",
               morgana::stage<morgana::mirage_builder::BuildMirage>(
                   "build.mirage", "Builds a labelled dataset from captures and socket logs."));
