// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <morgana/count_text.hpp>
#include <morgana/metrics.hpp>
#include <morgana/stage.hpp>
#include <morgana/traces.hpp>

#include "capture_files.hpp"
#include "mirage/capture_writer.hpp"
#include "mirage/trace_documents.hpp"

namespace morgana::write_mirage {
namespace {

/// Biflows between two looks at the clock's hand and at the user's wish to stop.
constexpr std::size_t kBiflowsPerReport = 256;
/// Beside the captures. Not ".json": whoever reads a folder of captures takes every file that ends so for one.
constexpr auto kAccountingFile = "accounting.jsonl";

/// Writes traces as the JSON that the MIRAGE datasets are released in.
class WriteMirage final : public Stage {
  In<Traces> traces{
      *this, "traces",
      "Traces to write, real or generated, with the channels PL and DIR; IAT, WIN, TIME, IPLEN, IPHL, "
      "L4HL and FLAGS where they are there, payload, and MIRAGE's flow metadata and features as columns."};
  Out<Metrics> accounting{*this, "accounting",
                          "For each field, how many of its values were generated (the traces hold them), derived from "
                          "the traces, or filled in, and what could not be written as it was."};
  Param<OutputPath> path{*this,
                         "path",
                         {.doc = "A folder, with one file a capture in it; or, where it ends in .json, one file with "
                                 "all biflows."}};
  Param<Choice> release{*this,
                        "release",
                        {.value = Choice{"2019"},
                         .choices = {mirage_format::kReleaseNames.begin(), mirage_format::kReleaseNames.end()},
                         .doc = "Whose form the files have. 2019 lists the first 32 packets of a biflow; the later "
                                "ones list all, with times, headers and flags."}};

  void run(Context& context) override {
    const auto like = mirage_format::release_of(release->text);
    const bool one_file = path->path.extension() == ".json";
    const auto folder = one_file ? path->path.parent_path() : path->path;
    const auto files =
        one_file ? std::vector{single_file(*traces, path->path.filename())} : capture_files(*traces, like);
    mirage_format::TraceDocuments documents(*traces, like);
    std::uint64_t done = 0;
    make_folder(folder);
    for (const auto& file : files) done = write(context, documents, folder, file, done);
    context.progress({done, traces->size(), "biflows"});
    if (!one_file) write_accounting(documents.accounting(), folder / kAccountingFile);
    accounting = documents.accounting().metrics("write.mirage");
    for (const auto& [what, count] : documents.accounting().changes()) context.log().warning("{} x {}", count, what);
    context.log().info("wrote {}, {} to {}", count_text(traces->size(), "biflow"),
                       count_text(traces->packets(), "packet"), count_text(files.size(), "file"));
  }

  std::uint64_t write(Context& context, mirage_format::TraceDocuments& documents, const std::filesystem::path& folder,
                      const CaptureFile& file, std::uint64_t done) const {
    make_folder((folder / file.place).parent_path());
    mirage_format::CaptureWriter writer(folder / file.place, mirage_format::release_of(release->text));
    mirage_format::OpenCapture capture;
    capture.start_seconds = file.start_seconds;
    mirage_format::BiflowDocument document;
    for (const auto row : file.rows) {
      if (done++ % kBiflowsPerReport == 0) {
        context.check_stop();
        context.progress({done, traces->size(), "biflows"});
      }
      documents.fill(row, capture, document);
      writer.add(document);
    }
    writer.finish();
    return done;
  }

  static void make_folder(const std::filesystem::path& folder) {
    if (folder.empty()) return;
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) throw Error("cannot make the folder {}: {}", folder.string(), error.message());
  }

  static void write_accounting(const mirage_format::Accounting& account, const std::filesystem::path& file) {
    std::ofstream out(file, std::ios::binary);
    out << account.json_lines();
    out.close();
    if (!out) throw Error("cannot write {}", file.string());
  }
};

}  // namespace
}  // namespace morgana::write_mirage

MORGANA_PLUGIN("mirage-writer", "1.0.0", "Writes traces in the form of the MIRAGE datasets.",
               morgana::stage<morgana::write_mirage::WriteMirage>(
                   "write.mirage", "Writes traces as MIRAGE JSON, saying of each field where it comes from."));
