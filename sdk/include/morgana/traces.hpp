// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "morgana/value.hpp"

namespace morgana {

/// One number a packet, for all packets of all traces one after the other.
///
/// The usual ones, "PL", "IAT", "DIR", "WIN" and others, stand in `morgana/channels.hpp`.
struct PacketChannel {
  std::string name;
  std::string unit;  ///< "bytes", "s", ""
  std::vector<float> values;
};

/// Some bytes a packet, for all packets of all traces: packet i holds bytes [offsets[i], offsets[i + 1]). Empty
/// `offsets`: they are not there.
struct PacketBytes {
  std::vector<std::uint64_t> offsets;
  std::vector<std::uint8_t> bytes;
};

/// One number a trace: flow metadata and statistics.
struct TraceColumn {
  std::string name;
  std::string unit;
  std::vector<double> values;
};

/// A column of names: `id[row]` indexes `names`; -1 is "unknown". Empty `id`: the column is not there.
struct NameColumn {
  std::vector<std::string> names;
  std::vector<std::int32_t> id;
};

/// How a trace got its label: seen in the socket log, or by the majority of its capture (MIRAGE's BF_labeling_type).
enum class LabelSource : std::uint8_t { kUnknown = 0, kExact = 1, kMostCommon = 2 };

/// The parts of `Traces`, for building one. Columns are as long as there are traces, or empty.
struct TraceTable {
  std::vector<PacketChannel> channels;
  PacketBytes payload;                    ///< the first transport payload bytes of each packet
  std::vector<std::uint64_t> offsets{0};  ///< trace i holds packets [offsets[i], offsets[i+1])
  NameColumn label, capture, device;
  std::vector<LabelSource> label_source;
  std::vector<std::string> keys;  ///< "ip,port,ip,port,protocol", client first
  std::vector<TraceColumn> columns;
  /// What was read, skipped and why, and how values were made: "skipped: no label" -> 3.
  std::map<std::string, std::int64_t> counts;
  std::map<std::string, std::string> notes;
};

class Traces;

/// One trace of a set; valid as long as the set.
class MORGANA_API TraceView {
 public:
  TraceView(const Traces& traces, std::size_t row) : traces_(&traces), row_(row) {}
  std::size_t row() const noexcept { return row_; }
  std::size_t packets() const;
  std::span<const float> channel(std::size_t index) const;
  std::span<const float> channel(std::string_view name) const;  ///< throws `Error` where there is none
  const std::string& label() const;                             ///< "" where unknown

 private:
  const Traces* traces_;
  std::size_t row_;
};

/// A labelled, ragged set of packet series: columnar, immutable, without LibTorch.
///
/// Saved as safetensors: `offsets` U64 as I64 [traces + 1], `channel.<name>` F32 [packets], `label`, `capture`,
/// `device` I32 [traces] with their names as JSON lists in the metadata, `label_source` U8, `column.<name>` F64, and
/// the keys as one U8 block `keys.bytes` with I64 `keys.offsets`, likewise `payload` with offsets [packets + 1].
class MORGANA_API Traces final : public Value {
 public:
  Traces() = default;
  /// Throws `Error` where the columns do not fit each other.
  explicit Traces(TraceTable table);

  static const ValueType& type();
  const ValueType& value_type() const override { return type(); }
  void save(const std::filesystem::path& file) const override;
  static std::shared_ptr<const Traces> load(const std::filesystem::path& file);
  std::size_t bytes() const override;

  const TraceTable& table() const noexcept { return table_; }
  std::size_t size() const noexcept { return table_.offsets.size() - 1; }
  bool empty() const noexcept { return size() == 0; }
  std::size_t packets() const noexcept { return table_.offsets.back(); }
  std::size_t packets(std::size_t row) const { return table_.offsets[row + 1] - table_.offsets[row]; }
  std::size_t longest() const noexcept;
  TraceView operator[](std::size_t row) const { return {*this, row}; }

  const std::vector<std::string>& class_names() const noexcept { return table_.label.names; }
  /// -1 where the label is unknown.
  std::int32_t label(std::size_t row) const { return table_.label.id.empty() ? -1 : table_.label.id[row]; }
  /// Rows of each class, in order.
  std::vector<std::vector<std::size_t>> rows_by_class() const;

  /// Index of a channel, if there is one of that name.
  std::optional<std::size_t> find_channel(std::string_view name) const;
  /// Index of a channel; throws `Error` that names the channels there are.
  std::size_t channel_index(std::string_view name) const;
  std::span<const float> channel(std::size_t index, std::size_t row) const {
    return std::span(table_.channels[index].values).subspan(table_.offsets[row], packets(row));
  }
  /// The payload bytes kept of a packet, counted over all traces; empty where none are.
  std::span<const std::uint8_t> payload(std::size_t packet) const;
  /// All packets of an expression: a channel, or a product of two such as "PL*DIR" (payload signed by direction).
  std::vector<float> expression(std::string_view text) const;
  /// Unit of an expression: that of its first factor which has one.
  std::string expression_unit(std::string_view text) const;

  /// A copy of some rows, in the order given; class names, notes and counts stay.
  Traces select(std::span<const std::size_t> rows) const;
  /// A copy whose traces have at most `count` packets; class names, notes and counts stay.
  Traces first_packets(std::size_t count) const;

  template <typename Predicate>
  std::vector<std::size_t> rows_where(Predicate predicate) const {
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < size(); ++row)
      if (predicate((*this)[row])) rows.push_back(row);
    return rows;
  }

 private:
  TraceTable table_;
};

}  // namespace morgana
