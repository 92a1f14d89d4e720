// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "forms/trace_form.hpp"
#include "morgana/count_text.hpp"
#include "morgana/trace_builder.hpp"
#include "morgana/traces.hpp"
#include "tables/channel_source.hpp"

namespace morgana::tables {

enum class Padding { kKeep, kDrop };
/// What a positive direction, or sign, means; 0 or a negative one means the other way.
enum class Positive { kDown, kUp };

/// Which rows of a table become traces, and how.
struct RowOptions {
  std::vector<ChannelSource> sources;
  forms::KeptPackets kept{};
  Padding padding = Padding::kKeep;  ///< packets of no payload, 0 or missing, at the end of a row
  Positive positive = Positive::kDown;
  bool labelled = true, captured = false, has_device = false, keyed = false;  ///< which names rows have
  std::vector<TraceColumn> columns{};      ///< further numbers, as yet without values
  std::string row = "row", rows = "rows";  ///< what the counts call them
};

/// One trace as a table has it; a missing number is NaN.
struct TraceRow {
  std::vector<std::span<const double>> lists;  ///< one a source, in the column's units
  std::string_view label, capture, device, key;
  std::span<const double> columns;
  std::uint64_t number = 0;  ///< of the row or line in its file
};

/// Gathers rows of tables into a set of traces, and counts and names those it leaves out.
class RowCollector {
 public:
  /// Throws `Error` where what is to be dropped cannot be told without PL.
  explicit RowCollector(RowOptions options);

  /// `name` is the file's, `place` what its rows are called: "row", "line".
  void begin_file(std::string name, std::string place);
  void add(const TraceRow& row);
  /// A row that cannot become a trace.
  void leave_out(const std::string& reason, std::uint64_t number, std::string_view fact);
  /// What is no row of its own, and what was left out before there were rows.
  void note_omission(const std::string& reason, std::uint64_t number, std::string_view fact);
  void note_omissions(const Omissions& omissions) { omissions_.append(omissions); }

  std::int64_t rows() const noexcept { return rows_; }
  /// "1 row", "12 biflows"
  std::string count_of_rows() const { return count_text(rows_, options_.row, options_.rows); }
  std::int64_t kept() const noexcept { return static_cast<std::int64_t>(table_.offsets.size()) - 1; }
  /// What was left out.
  const Omissions& skipped() const noexcept { return omissions_; }

  /// What looks as if zeros filled rows up to one width and were kept; "" where nothing does.
  std::string padding_doubt() const;

  /// Throws `Error` where directions are written in two ways.
  Traces finish() &&;

 private:
  /// What a source's numbers are; found out once, because it is asked for each of them.
  enum class Role { kAny, kNotNegative, kGap, kTimestamp, kTime, kDirection, kSigned };
  static Role role_of(const ChannelSource& source);
  bool is_valid(std::size_t source, double value) const;

  struct Fault {
    std::string reason, fact;
  };
  std::optional<Fault> lengths_fault(const TraceRow& row) const;
  std::optional<Fault> value_fault(const TraceRow& row, std::size_t source, std::size_t packet) const;
  std::optional<Fault> choose_packets(const TraceRow& row);
  std::size_t without_padding(const TraceRow& row, std::size_t length) const;
  void append_channel(const TraceRow& row, std::size_t source);
  void append_gaps(std::span<const double> gaps, double scale, std::vector<float>& into) const;
  void note_directions(const TraceRow& row, std::size_t source);
  void note_channels();

  RowOptions options_;
  std::vector<Role> roles_;
  std::vector<std::size_t> place_;      ///< of each source's (first) channel in the table
  std::optional<std::size_t> payload_;  ///< the source of PL
  TraceTable table_;
  NameColumnBuilder label_, capture_, device_;
  Omissions omissions_;
  std::string file_, place_name_;
  std::vector<std::size_t> chosen_;
  std::int64_t rows_ = 0, padding_dropped_ = 0, zero_dropped_ = 0;
  std::size_t shortest_ = static_cast<std::size_t>(-1), longest_ = 0;  ///< of the rows kept, before they are cut
  std::int64_t end_in_zero_ = 0;
  std::optional<std::string> zero_direction_, negative_direction_;  ///< where one stood first
};

}  // namespace morgana::tables
