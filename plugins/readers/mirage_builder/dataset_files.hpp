// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "biflows/biflows.hpp"
#include "captures/capture_logs.hpp"
#include "mirage/biflow_document.hpp"
#include "mirage/release.hpp"
#include "morgana/trace_builder.hpp"
#include "packets/capture_name.hpp"

namespace morgana::mirage_builder {

/// How many biflows were labelled by what.
using LabelCounts = std::map<std::string, std::int64_t>;

/// What the socket log, or where there is none the capture's name, says of a biflow.
///
/// BF_label is the owner's package and BF_sublabel its process. The label is `exact` where the log has the biflow's own
/// socket, `most-common` where other sockets voted (`sockets::Owners`) or the capture's name had to do, else null.
mirage_format::GroundTruth ground_truth(const biflows::Biflow& biflow, const packets::CaptureFileName& name,
                                        const captures::CaptureLog* log, LabelCounts& counts);

/// The files of a dataset: one a capture, `<device>/<epoch>_<package><suffix>` (2019, VIDEO) or
/// `<package>/<epoch>_<package><suffix>`, and `build.jsonl` with a line a capture: what it was built from and how its
/// biflows were labelled.
class DatasetFiles {
 public:
  DatasetFiles(std::filesystem::path folder, mirage_format::Release release);

  /// Writes the biflows of one capture; `file` is the name of its first file. Throws `Error` where two captures would
  /// get one name. Biflows of one 5-tuple that a time-out divided cannot stand in one file: the later ones are
  /// `omitted`.
  void write(const std::string& file, const biflows::Biflows& biflows,
             const std::vector<mirage_format::GroundTruth>& truths, const captures::CaptureLog* log,
             const LabelCounts& counts, Omissions& omitted);
  void finish();
  std::int64_t files() const noexcept { return static_cast<std::int64_t>(taken_.size()); }

 private:
  std::filesystem::path folder_;
  mirage_format::Release release_;
  std::set<std::filesystem::path> taken_;
  std::ofstream record_;
};

}  // namespace morgana::mirage_builder
