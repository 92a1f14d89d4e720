// SPDX-License-Identifier: Apache-2.0
#include "dataset_files.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <unordered_set>

#include "mirage/capture_writer.hpp"
#include "mirage/document_of_biflow.hpp"
#include "morgana/error.hpp"

namespace morgana::mirage_builder {
namespace {

constexpr auto kRecord = "build.jsonl";  // not .json: whoever reads the folder takes every such file for a capture

}  // namespace

mirage_format::GroundTruth ground_truth(const biflows::Biflow& biflow, const packets::CaptureFileName& name,
                                        const captures::CaptureLog* log, LabelCounts& counts) {
  mirage_format::GroundTruth truth;
  if (!name.folder.empty()) truth.device = name.folder;
  sockets::Owner owner;
  if (log != nullptr) {
    truth.source = std::string(sockets::name_of(log->format));
    owner = log->owners.owner_of(biflow.client, biflow.server, biflow.protocol);
  }
  if (owner.package.empty()) {  // no log, or one in which no process was found
    truth.label = name.capture.package;
    truth.labeling_type = LabelSource::kMostCommon;
    ++counts["name of the capture"];
    return truth;
  }
  ++counts[std::string(sockets::name_of(owner.evidence))];
  truth.label = owner.package;
  truth.sublabel = owner.process;
  truth.labeling_type = owner.exact() ? LabelSource::kExact : LabelSource::kMostCommon;
  return truth;
}

DatasetFiles::DatasetFiles(std::filesystem::path folder, mirage_format::Release release)
    : folder_(std::move(folder)), release_(release) {
  std::filesystem::create_directories(folder_);
  record_.open(folder_ / kRecord, std::ios::binary);
}

void DatasetFiles::write(const std::string& file, const biflows::Biflows& biflows,
                         const std::vector<mirage_format::GroundTruth>& truths, const captures::CaptureLog* log,
                         const LabelCounts& counts, Omissions& omitted) {
  const auto name = packets::read_capture_file_name(file);
  const auto epoch = name.capture.epoch ? static_cast<std::int64_t>(*name.capture.epoch)
                                        : biflows[0].both().first_nanoseconds / 1'000'000'000;
  auto place = std::filesystem::path(mirage_format::has_activity(release_) ? name.capture.package : name.folder);
  place /= fmt::format("{}_{}{}", epoch, name.capture.package, mirage_format::file_suffix(release_));
  if (!taken_.insert(place).second)
    throw Error("two captures would become {}; the second is {}", place.string(), file)
        .hint("give captures of one second different names, or put them into folders by device");
  std::filesystem::create_directories((folder_ / place).parent_path());

  mirage_format::CaptureWriter writer(folder_ / place, release_);
  mirage_format::BiflowDocument document;
  std::unordered_set<std::string> keys;
  auto truth = truths.begin();
  for (const auto& biflow : biflows) {
    document.truth = *truth++;
    if (!keys.insert(biflow.key()).second) {
      omitted.add("second biflow of a key, not in the JSON", fmt::format("{} biflow {}", file, biflow.key()));
      continue;
    }
    mirage_format::fill_document(biflow, document);
    writer.add(document);
  }
  writer.finish();
  nlohmann::ordered_json line{{"file", place.generic_string()}, {"capture", file}, {"biflows", keys.size()}};
  line["socket_log"] = log == nullptr ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(log->name);
  line["labelled_by"] = counts;
  record_ << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

void DatasetFiles::finish() {
  record_.close();
  if (!record_) throw Error("cannot write {}", (folder_ / kRecord).string());
}

}  // namespace morgana::mirage_builder
