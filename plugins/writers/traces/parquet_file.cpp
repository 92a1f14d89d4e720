// SPDX-License-Identifier: Apache-2.0
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <parquet/arrow/writer.h>

#include <memory>

#include "morgana/error.hpp"
#include "trace_files.hpp"

namespace morgana::write_traces {
namespace {

/// Rows of one row group: readers skip by it, and memory while writing is bounded by it.
constexpr std::int64_t kRowsPerGroup = 65536;

class Columns {
 public:
  explicit Columns(const std::filesystem::path& file) : file_(file) {}

  void require(const arrow::Status& status) const {
    if (!status.ok()) throw Error("cannot write {}: {}", file_.string(), status.message());
  }
  template <typename T>
  T taken(arrow::Result<T> result) const {
    require(result.status());
    return std::move(result).ValueUnsafe();
  }

  void add(const std::string& name, const std::shared_ptr<arrow::Array>& array, const std::string& unit = "") {
    auto field = arrow::field(name, array->type());
    if (!unit.empty()) field = field->WithMetadata(arrow::key_value_metadata({"unit"}, {unit}));
    fields_.push_back(std::move(field));
    arrays_.push_back(array);
  }

  /// Packets need no copy: their memory becomes the column's.
  void add_packets(const PacketChannel& channel, const std::shared_ptr<arrow::Array>& offsets) {
    const auto items = std::make_shared<arrow::FloatArray>(static_cast<std::int64_t>(channel.values.size()),
                                                           arrow::Buffer::Wrap(channel.values));
    add(channel.name, taken(arrow::LargeListArray::FromArrays(*offsets, *items)), channel.unit);
  }
  void add_payload(const PacketBytes& payload, const std::shared_ptr<arrow::Array>& offsets) {
    const auto count = static_cast<std::int64_t>(payload.offsets.size()) - 1;
    const auto items = std::make_shared<arrow::LargeBinaryArray>(count, arrow::Buffer::Wrap(payload.offsets),
                                                                 arrow::Buffer::Wrap(payload.bytes));
    add("PAYLOAD", taken(arrow::LargeListArray::FromArrays(*offsets, *items)));
  }
  void add_numbers(const TraceColumn& column) {
    add(column.name,
        std::make_shared<arrow::DoubleArray>(static_cast<std::int64_t>(column.values.size()),
                                             arrow::Buffer::Wrap(column.values)),
        column.unit);
  }
  void add_names(const std::string& name, const NameColumn& column) {
    if (column.id.empty()) return;
    arrow::StringBuilder builder;
    for (const auto id : column.id)
      require(id < 0 ? builder.AppendNull() : builder.Append(column.names[static_cast<std::size_t>(id)]));
    add(name, taken(builder.Finish()));
  }
  void add_text(const std::string& name, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    arrow::StringBuilder builder;
    require(builder.AppendValues(texts));
    add(name, taken(builder.Finish()));
  }

  void write(const std::shared_ptr<const arrow::KeyValueMetadata>& metadata) const {
    const auto table = arrow::Table::Make(arrow::schema(fields_, metadata), arrays_);
    const auto out = taken(arrow::io::FileOutputStream::Open(file_.string()));
    // The Arrow schema travels along, so that units and large lists come back as they were.
    const auto arrow_properties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
    const auto properties = parquet::WriterProperties::Builder().compression(parquet::Compression::SNAPPY)->build();
    require(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), out, kRowsPerGroup, properties,
                                       arrow_properties));
    require(out->Close());
  }

 private:
  std::filesystem::path file_;
  arrow::FieldVector fields_;
  arrow::ArrayVector arrays_;
};

}  // namespace

void write_parquet(const Traces& traces, const std::filesystem::path& file) {
  const auto& table = traces.table();
  Columns columns(file);
  const std::vector<std::int64_t> offset_values(table.offsets.begin(), table.offsets.end());
  const auto offsets = std::make_shared<arrow::Int64Array>(static_cast<std::int64_t>(offset_values.size()),
                                                           arrow::Buffer::Wrap(offset_values));
  for (const auto& channel : table.channels) columns.add_packets(channel, offsets);
  if (!table.payload.offsets.empty()) columns.add_payload(table.payload, offsets);
  columns.add_names("LABEL", table.label);
  columns.add_names("CAPTURE", table.capture);
  columns.add_names("DEVICE", table.device);
  columns.add_text("KEY", table.keys);
  for (const auto& column : table.columns) columns.add_numbers(column);
  const auto metadata = std::make_shared<arrow::KeyValueMetadata>();
  for (const auto& [name, count] : table.counts) metadata->Append("count: " + name, std::to_string(count));
  for (const auto& [name, note] : table.notes) metadata->Append("note: " + name, note);
  columns.write(metadata);
}

}  // namespace morgana::write_traces
