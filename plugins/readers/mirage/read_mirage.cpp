// SPDX-License-Identifier: Apache-2.0
#include "read_mirage.hpp"

#include <algorithm>
#include <atomic>

#include "biflow_stream.hpp"
#include "files/visit_files.hpp"
#include "morgana/count_text.hpp"
#include "trace_collector.hpp"
#include "unescape.hpp"

namespace morgana::mirage {
namespace {

/// Progress is reported each time this much more was read.
constexpr std::uint64_t kProgressBytes = 1 << 20;

LabelKind label_kind(const Choice& choice) {
  return choice == "activity"       ? LabelKind::kActivity
         : choice == "app-activity" ? LabelKind::kAppActivity
         : choice == "category"     ? LabelKind::kCategory
                                    : LabelKind::kApp;
}

/// What one thread keeps from biflow to biflow.
struct Worker {
  TraceCollector collector;
  Biflow biflow{};
};

void read_one(BiflowStream& stream, const Wanted& wanted, Worker& worker) {
  std::string unescaped;
  try {
    read_biflow(stream, wanted, worker.biflow);
    if (stream.key().find('\\') != std::string_view::npos) unescaped = unescape(stream.key());
    worker.collector.add(unescaped.empty() ? stream.key() : unescaped, worker.biflow);
  } catch (const Damage& damage) {
    worker.collector.skip_damaged(stream.key(), damage);
  }
}

void warn_of_damage(Context& context, const Omissions& omissions) {
  for (const auto& [reason, places] : omissions.examples())
    for (const char* bad : {"damaged", "link", "path", "absolute", "archive"})
      if (reason.starts_with(bad)) context.log().warning("{}: {}", reason, places);
}

}  // namespace

std::string ReadMirage::label_doc(const Release& release) {
  std::string doc = "A trace's class: the app's package";
  for (const auto& label : release.labels) {
    if (label == "activity") doc += ", what its user was doing";
    if (label == "app-activity") doc += ", or both as \"com.discord-chat\"";
    if (label == "category") doc += ", or the kind of app: Cloud VR, Short video, Video chat, VoD";
  }
  return doc + ".";
}

std::string ReadMirage::background_doc(const Release& release) {
  std::string whose = "Biflows of another app than their file's";
  if (release.apps != kNoList) whose = "Biflows of none of the release's apps";
  if (release.unknown_activity_background) whose += ", or of activity Unknown";
  return whose + ": dropped, kept as `label` says, or put into a class \"background\".";
}

Selection ReadMirage::selection() const {
  Selection selection;
  selection.release = &release_;
  selection.form = form.form();
  selection.label = label_kind(*label);
  selection.app = *app_from == "file" ? AppFrom::kFile : AppFrom::kFlow;
  selection.background = *background == "drop"   ? Background::kDrop
                         : *background == "keep" ? Background::kKeep
                                                 : Background::kLabel;
  selection.exact_only = *exact_only;
  selection.features = *features;
  return selection;
}

void ReadMirage::run(Context& context) { read_json(context); }

void ReadMirage::read_json(Context& context) {
  const auto selection = this->selection();
  const auto wanted = selection.wanted();
  const int threads = std::max(context.threads(), 1);
  std::vector<Worker> workers;
  workers.reserve(static_cast<std::size_t>(threads));
  for (int i = 0; i < threads; ++i) workers.push_back({TraceCollector(selection)});
  files::ParallelVisit options{.threads = threads};
  options.limits.ratio = *inflate_ratio;
  options.limits.total_bytes = static_cast<std::uint64_t>(*inflate_total * 1e9);
  options.limits.remedy =
      "where the file can be trusted, raise inflate_ratio or inflate_total, or unpack it and name the folder";
  files::BytesRead bytes;
  std::atomic<std::uint64_t> reported = 0;
  const auto left_out = files::visit_files_in_parallel(path->path, {".json"}, bytes, options,
                                                       [&](const files::FileVisit& file, files::ByteSource& source) {
                                                         auto& worker = workers[file.worker];
                                                         worker.collector.begin_file(file.name, file.order);
                                                         BiflowStream stream(source, file.name);
                                                         while (stream.next()) {
                                                           // What `morgana generate` leaves beside its traffic.
                                                           if (stream.key() == "morgana") {
                                                             worker.collector.skip_file();
                                                             break;
                                                           }
                                                           context.check_stop();
                                                           read_one(stream, wanted, worker);
                                                           const std::uint64_t done = bytes.done, total = bytes.total;
                                                           if (done >= reported + kProgressBytes) {
                                                             reported = done;
                                                             context.progress({std::min(done, total), total, "bytes"});
                                                           }
                                                         }
                                                       });
  context.progress({bytes.total, bytes.total, "bytes"});
  std::vector<TraceCollector> collectors;
  Skipped skipped;
  std::int64_t biflows = 0, kept = 0;
  for (auto& worker : workers) {
    biflows += worker.collector.biflows();
    kept += worker.collector.kept();
    skipped.append(worker.collector.skipped());
    collectors.push_back(std::move(worker.collector));
  }
  Omissions omissions = left_out;
  skipped.add_to(omissions);
  if (kept == 0) {
    Error error("no trace is left of {} in {}: {}", count_text(biflows, "biflow"), path->path.string(),
                omissions.summary());
    if (omissions.of("background") > 0)
      throw std::move(error).hint(
          "background \"keep\" keeps the biflows of other apps than the release's and the files'");
    throw error;
  }
  traces = TraceCollector::merge(std::move(collectors), omissions);
  context.log().info("{} of {} in {}, {}", count_text(traces->size(), "trace"), count_text(biflows, "biflow"),
                     count_text(traces->table().counts.at("files"), "file"),
                     count_text(traces->class_names().size(), "class", "classes"));
  if (!omissions.empty()) context.log().info("left out: {}", omissions.summary());
  warn_of_damage(context, omissions);
}

}  // namespace morgana::mirage
