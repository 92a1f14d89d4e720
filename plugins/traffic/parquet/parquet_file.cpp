// SPDX-License-Identifier: Apache-2.0
#include "parquet/parquet_file.hpp"

#include <arrow/array.h>
#include <arrow/io/file.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>

#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include "files/parquet_mark.hpp"
#include "morgana/error.hpp"
#include "parquet/array_values.hpp"
#include "tables/names.hpp"

namespace morgana::tables {
namespace {

/// Rows decoded at a time: enough to be fast, few enough for rows of a million packets.
constexpr std::int64_t kRowsAtATime = 1024;

/// What Arrow may hold for a file, against sizes that a damaged or hostile one claims: pages are far smaller, and a
/// byte of a real one stands for a few numbers.
constexpr std::int64_t kMemory = 256 << 20, kMemoryPerByte = 64;

}  // namespace

struct ParquetFile::Opened {
  std::filesystem::path file;
  std::unique_ptr<arrow::MemoryPool> pool = arrow::MemoryPool::CreateDefault();
  std::unique_ptr<arrow::CappedMemoryPool> capped;
  std::unique_ptr<parquet::arrow::FileReader> reader;
  std::shared_ptr<arrow::Schema> schema;
  std::vector<std::string> names;

  [[noreturn]] void fail(std::string_view why) const { throw Error("cannot read {}: {}", file.string(), why); }

  /// Arrow throws the same for what is damaged and what it lacks: its text tells.
  [[noreturn]] void fail_in_arrow(const std::string& text) const {
    for (const auto* lacking : {"mplemented", "supported", "not built"})
      if (text.find(lacking) != std::string::npos) fail("it holds what Arrow cannot read: " + text);
    fail("it is damaged: " + text);
  }

  void require(const arrow::Status& status) const {
    if (!status.ok()) fail_in_arrow(status.message());
  }

  /// What is plain before Arrow looks at the file.
  void check_marks(std::uint64_t size) const {
    if (size == 0) fail("the file is empty");
    std::ifstream in(file, std::ios::binary);
    if (!in) fail("it cannot be opened");
    if (!files::reads_parquet_mark(in)) fail("it is no parquet file, which would begin with PAR1");
    constexpr auto kMarkBytes = files::kParquetMark.size();
    in.seekg(-static_cast<std::streamoff>(kMarkBytes), std::ios::end);
    if (size < 2 * kMarkBytes || !files::reads_parquet_mark(in)) fail("it is cut off: a parquet file ends with PAR1");
  }

  /// Arrow's own, with what it throws and what it returns alike.
  template <typename Call>
  auto call(Call&& arrow_call) const {
    try {
      return std::forward<Call>(arrow_call)();
    } catch (const Error&) {
      throw;
    } catch (const std::exception& fault) {
      fail_in_arrow(fault.what());
    }
  }

  void open() {
    auto input = arrow::io::ReadableFile::Open(file.string(), capped.get());
    require(input.status());
    parquet::ReaderProperties properties(capped.get());
    properties.enable_buffered_stream();
    properties.set_page_checksum_verification(true);  // of files that hold checksums
    parquet::ArrowReaderProperties columns;
    columns.set_pre_buffer(false);  // else all of a row group's bytes are read before its first row
    columns.set_batch_size(kRowsAtATime);
    parquet::arrow::FileReaderBuilder builder;
    require(builder.Open(std::move(input).ValueUnsafe(), properties));
    require(builder.memory_pool(capped.get())->properties(columns)->Build(&reader));
    require(reader->GetSchema(&schema));
    names = schema->field_names();
  }

  int field(const WantedColumn& column) const {
    const auto found = schema->GetAllFieldIndices(column.name);
    if (found.empty())
      throw Error("{} has no column \"{}\"; it has {}", file.string(), column.name,
                  listed_by_nearness(column.name, names));
    if (found.size() > 1) throw Error("{} has {} columns \"{}\"", file.string(), found.size(), column.name);
    const auto& type = *schema->field(found[0])->type();
    if (!is_readable(type, column.kind))
      throw Error("{}: column \"{}\" holds {}, not {}", file.string(), column.name, type.ToString(),
                  name_of(column.kind));
    return found[0];
  }

  /// The column's place among the file's own, which are counted after taking structures apart.
  int leaf(int field_index) const {
    const auto* field = &reader->manifest().schema_fields.at(static_cast<std::size_t>(field_index));
    while (!field->is_leaf() && !field->children.empty()) field = &field->children[0];
    return field->column_index;
  }
};

ParquetFile::ParquetFile(const std::filesystem::path& file) : opened_(std::make_unique<Opened>()) {
  if (!std::filesystem::is_regular_file(file)) throw Error("there is no file {}", file.string());
  opened_->file = file;
  const auto size = std::filesystem::file_size(file);
  opened_->check_marks(size);
  opened_->capped = std::make_unique<arrow::CappedMemoryPool>(
      opened_->pool.get(), kMemory + kMemoryPerByte * static_cast<std::int64_t>(size));
  opened_->call([&] { opened_->open(); });
}

ParquetFile::~ParquetFile() = default;

std::uint64_t ParquetFile::rows() const {
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(opened_->reader->parquet_reader()->metadata()->num_rows(), 0));
}

const std::vector<std::string>& ParquetFile::column_names() const { return opened_->names; }

bool ParquetFile::has(const std::string& column) const { return !opened_->schema->GetAllFieldIndices(column).empty(); }

std::string ParquetFile::unit(const std::string& column) const {
  const auto field = opened_->schema->GetFieldByName(column);
  if (!field || !field->HasMetadata()) return "";
  const auto unit = field->metadata()->Get("unit");
  return unit.ok() && is_utf8(*unit) ? *unit : "";
}

void ParquetFile::read(const std::vector<WantedColumn>& columns, const VisitRows& visit) {
  const auto& opened = *opened_;
  std::vector<int> leaves;
  for (const auto& column : columns) leaves.push_back(opened.call([&] { return opened.leaf(opened.field(column)); }));
  std::vector<ColumnBatch> values(columns.size());
  std::uint64_t seen = 0;
  for (int group = 0; group < opened.reader->num_row_groups(); ++group) {
    const auto rows = opened.call([&] {
      auto batches = opened.reader->GetRecordBatchReader({group}, leaves);
      opened.require(batches.status());
      return std::move(batches).ValueUnsafe();
    });
    for (;;) {
      std::shared_ptr<arrow::RecordBatch> batch;
      opened.call([&] { opened.require(rows->ReadNext(&batch)); });
      if (!batch) break;
      opened.call([&] {
        opened.require(batch->Validate());
        for (std::size_t i = 0; i < columns.size(); ++i) {
          const auto array = batch->GetColumnByName(columns[i].name);
          if (!array || !is_readable(*array->type(), columns[i].kind) ||
              !take_values(*array, columns[i].kind, values[i]))
            opened.fail("column \"" + columns[i].name + "\" is damaged");
          for (const auto& text : values[i].text)
            if (!is_utf8(text)) opened.fail("column \"" + columns[i].name + "\" holds text that is not UTF-8");
        }
      });
      seen += static_cast<std::uint64_t>(batch->num_rows());
      visit(static_cast<std::size_t>(batch->num_rows()), values);
    }
  }
  if (seen != this->rows()) opened.fail("it holds other than the rows it claims");
}

}  // namespace morgana::tables
