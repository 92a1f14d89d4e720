// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "biflow.hpp"
#include "capture_name.hpp"
#include "json_cursor.hpp"
#include "morgana/traces.hpp"

namespace morgana::mirage {

enum class ZeroPayload { kKeep, kDrop };
enum class LabelFrom { kFlow, kFile };
enum class Background { kDrop, kKeep, kLabel };

/// Which biflows become traces, and how.
struct Selection {
  std::vector<std::string> channels;
  std::size_t packets = 32;         ///< longest trace; 0: whole biflows
  std::size_t minimum_packets = 1;  ///< of a trace, after `zero_payload`
  ZeroPayload zero_payload = ZeroPayload::kKeep;
  LabelFrom label = LabelFrom::kFlow;
  Background background = Background::kDrop;
  bool exact_only = false;

  /// What has to be read of each biflow.
  Wanted wanted() const;
};

/// Gathers biflows, in any order of files, into a set of traces whose order depends on the files' names alone.
class TraceCollector {
 public:
  explicit TraceCollector(Selection selection);

  /// `path` is the capture file's, relative to what the user named.
  void begin_file(const std::string& path);
  /// A biflow of that file; its lists are as `Selection::wanted` says.
  void add(std::string_view key, const Biflow& biflow);
  void skip_damaged(std::string_view key, const Damage& damage);

  std::int64_t biflows() const noexcept { return biflows_; }
  std::int64_t kept() const noexcept { return static_cast<std::int64_t>(rows_.size()); }
  /// "3 damaged iat, 2 background": what was skipped.
  std::string skipped() const;

  Traces finish() &&;

 private:
  /// Names in the order they were met.
  struct Names {
    std::vector<std::string> names;
    std::unordered_map<std::string, std::int32_t> place;
    std::vector<std::int32_t> id;
    void push(const std::string& name);
    NameColumn sorted() const;
  };
  struct Row {
    std::size_t file, index;
  };
  struct Complaint {
    std::size_t file;
    std::string text;
  };

  void skip(const std::string& why, std::string_view key, std::string_view fact = "");
  bool choose_label(std::string_view key, const Biflow& biflow);
  bool choose_packets(std::string_view key, const Biflow& biflow);
  void append_packets(const Biflow& biflow, bool flip);

  Selection selection_;
  std::vector<PacketList> lists_;  ///< of each channel
  TraceTable table_;
  Names label_, capture_, device_;
  std::vector<std::string> files_;
  std::vector<Row> rows_;
  CaptureName file_;
  std::string chosen_label_;
  std::vector<std::size_t> chosen_packets_;
  std::map<std::string, std::int64_t> skipped_;
  std::map<std::string, std::vector<Complaint>> complaints_;
  std::int64_t biflows_ = 0, flipped_ = 0, background_ = 0;
};

}  // namespace morgana::mirage
