// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "biflow.hpp"
#include "file_name.hpp"
#include "json_cursor.hpp"
#include "labelling.hpp"
#include "morgana/trace_builder.hpp"
#include "selection.hpp"
#include "skipped.hpp"

namespace morgana::mirage {

/// Gathers the biflows of some files. Several collectors side by side may share the files of a dataset; the traces that
/// come of them in the end do not depend on how.
class TraceCollector {
 public:
  /// `selection` must outlive the collector. Throws `Error` where it cannot be met.
  explicit TraceCollector(const Selection& selection);

  /// `path` is the capture file's, relative to what the user named; `order` tells files of one path apart.
  /// The file that was begun is no capture.
  void skip_file();
  void begin_file(const std::string& path, std::uint64_t order = 0);
  /// A biflow of that file; its lists are as `Selection::wanted` says.
  void add(std::string_view key, const Biflow& biflow);
  void skip_damaged(std::string_view key, const Damage& damage);

  std::int64_t biflows() const noexcept { return biflows_; }
  std::int64_t kept() const noexcept { return static_cast<std::int64_t>(rows_.size()); }
  /// What was skipped.
  const Skipped& skipped() const noexcept { return skipped_; }

  /// All traces of the collectors, ordered by their files' paths and within a file by their place in it, with what was
  /// left out of all of them. The collectors are used up.
  static Traces merge(std::vector<TraceCollector> parts, const Omissions& omissions);

 private:
  struct File {
    std::string path;
    std::uint64_t order = 0;
  };
  void skip(const std::string& why, std::string_view key, std::string_view fact = "");
  bool choose_packets(std::string_view key, const Biflow& biflow);
  void append_packets(const Biflow& biflow, bool flip);
  void append_times(const Biflow& biflow, bool from_start, std::vector<float>& values) const;
  void append_payload(const Biflow& biflow);
  void append_columns(const Biflow& biflow);
  void note_choices(TraceTable& table) const;

  const Selection* selection_;
  std::vector<PacketList> lists_;  ///< of each channel
  PacketList first_list_ = kPacketLists;
  std::vector<std::size_t> metadata_;  ///< places of the numbers that become columns
  Labelling labelling_;
  TraceTable table_;
  NameColumnBuilder label_, capture_, device_;
  std::vector<File> files_;
  std::vector<std::size_t> rows_;  ///< the file of each trace
  FileName file_;
  std::vector<std::size_t> chosen_packets_;
  Skipped skipped_;
  std::int64_t biflows_ = 0, flipped_ = 0, background_ = 0, payload_short_ = 0;
};

}  // namespace morgana::mirage
