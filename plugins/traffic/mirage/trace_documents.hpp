// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "mirage/accounting.hpp"
#include "mirage/biflow_document.hpp"
#include "mirage/release.hpp"
#include "morgana/traces.hpp"
#include "packets/flow_key.hpp"

namespace morgana::mirage_format {

/// What the biflows of one file share.
struct OpenCapture {
  double start_seconds = 0;              ///< of the capture, since 1970-01-01 UTC
  std::uint64_t biflows = 0;             ///< so far
  std::uint64_t invented = 0;            ///< keys made up so far
  std::unordered_set<std::string> keys;  ///< so far
};

/// Makes MIRAGE biflows of traces. What the traces do not hold is derived or filled in, and accounted for.
class TraceDocuments {
 public:
  /// Throws `Error` where the traces have no PL or no DIR.
  TraceDocuments(const Traces& traces, Release release);

  /// Fills the biflow of a row.
  void fill(std::size_t row, OpenCapture& capture, BiflowDocument& document);

  const Accounting& accounting() const noexcept { return accounting_; }

 private:
  /// A channel that may be absent, and the greatest whole number that its field holds.
  struct Channel {
    std::string_view name;
    std::optional<std::size_t> index;
    double largest = 0;
    std::string mending;  ///< what is said of a value that is no such number
  };
  /// Lines of the account of one field.
  struct Lines {
    std::size_t given = kNoLine, derived = kNoLine, filled = kNoLine;
  };

  Channel channel(std::string_view name, double largest) const;
  void find_columns();
  void open_packet_lines();
  void open_flow_lines();
  float number(const Channel& channel, std::size_t packet) const;
  template <typename T>
  void read_numbers(const Channel& channel, std::vector<T>& values);

  void fill_series(PacketLists& packets);
  void fill_times(PacketLists& packets);
  void fill_key(OpenCapture& capture, BiflowDocument& document);
  std::uint8_t likely_protocol() const;
  packets::IpVersion likely_version() const;
  void fill_headers(PacketLists& packets);
  void derive_transport_headers(PacketLists& packets);
  void fill_window(PacketLists& packets);
  void fill_unix_times(OpenCapture& capture, PacketLists& packets);
  void fill_payload(PacketLists& packets);
  void fill_totals(BiflowDocument& document);
  bool take_totals(BiflowDocument& document) const;
  bool take_features(FlowFeatures& features) const;
  void sum_totals(BiflowDocument& document) const;
  void compute_features(BiflowDocument& document);
  void fill_options(BiflowDocument& document);
  void fill_truth(GroundTruth& truth);
  std::optional<double> value(const TraceColumn* column) const;

  const Traces& traces_;
  Release release_;
  Channel payload_, inter_arrival_, direction_, window_, time_, ip_bytes_, ip_header_, transport_header_, flags_;
  std::array<std::array<const TraceColumn*, 4>, kFlows> totals_{};  ///< null: not there
  std::array<const TraceColumn*, 4> options_{};
  std::array<const TraceColumn*, kSeries * std::size_t{kFlows} * kStatistics> features_{};
  const TraceColumn* start_ = nullptr;
  Accounting accounting_;
  struct {
    Lines direction, payload, inter_arrival, window, unix_seconds, ip_bytes, ip_header, transport_header, flags, bytes;
    Lines key, length_features, gap_features, totals, options, label, labeling_type, device, verdicts;
    std::size_t key_repeated = kNoLine, ports = kNoLine, sublabel = kNoLine, source = kNoLine, version = kNoLine,
                activity = kNoLine;
  } lines_;

  // Of the row being filled.
  std::size_t row_ = 0, first_ = 0, count_ = 0, listed_ = 0;
  packets::FlowKey key_;
  FlowSeries series_;
};

}  // namespace morgana::mirage_format
