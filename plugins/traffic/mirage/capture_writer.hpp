// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/biflow_document.hpp"
#include "mirage/release.hpp"

namespace morgana::mirage_format {

/// Writes one capture file of a MIRAGE release, biflow by biflow, in the bytes that Python's json.dump gives.
///
///     CaptureWriter writer(folder / "1539866692_com.example_MIRAGE-2019_...json", Release::k2019);
///     for (...) writer.add(document);
///     writer.finish();
///
/// Until `finish` the file has a name of its own, ".partial" behind; a writer that does not come so far leaves
/// nothing. Throws `Error` with the file and the cause. Memory: a megabyte, or the text of the longest list.
class CaptureWriter {
 public:
  CaptureWriter(std::filesystem::path file, Release release);
  ~CaptureWriter();
  CaptureWriter(const CaptureWriter&) = delete;
  CaptureWriter& operator=(const CaptureWriter&) = delete;

  /// Keys must differ within a file: Python keeps the last of two. Throws `Error` where lists differ in length.
  void add(const BiflowDocument& biflow);
  void finish();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  [[noreturn]] void fail(int error) const;
  void check(const BiflowDocument& biflow) const;
  void flush();
  void flush_if_large();
  void member(std::string_view name);
  template <typename Put>
  void extend(std::size_t room, Put put);
  template <typename Values, typename Put>
  void list(std::string_view name, const Values& values, std::size_t longest, Put put);
  template <typename Number>
  void numbers(std::string_view name, const std::vector<Number>& values);
  void packet_data(const BiflowDocument& biflow);
  void ports(const BiflowDocument& biflow);
  void inter_arrival(const PacketLists& packets);
  void payload(const PacketLists& packets);
  void verdicts();
  void flow_features(const FlowFeatures& features);
  void flow_metadata(const BiflowDocument& biflow);
  void ground_truth(const GroundTruth& truth);
  void totals(std::string_view prefix, const FlowTotals& totals);
  void options(std::string_view prefix, const FlowOptions& options);
  void text_or_null(std::string_view name, const std::optional<std::string>& text);

  std::filesystem::path file_, partial_;
  Release release_;
  std::unique_ptr<std::FILE, Close> out_;
  std::string text_;
  std::size_t listed_ = 0;  ///< packets of the present biflow that are listed
  bool first_biflow_ = true;
};

}  // namespace morgana::mirage_format
