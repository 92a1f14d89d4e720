// SPDX-License-Identifier: Apache-2.0
#include "parquet/list_table.hpp"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <parquet/arrow/reader.h>

#include <limits>
#include <memory>

#include "morgana/error.hpp"

namespace morgana::tables {
namespace {

template <typename T>
T taken(arrow::Result<T> result, const std::filesystem::path& file) {
  if (!result.ok()) throw Error("cannot read {}: {}", file.string(), result.status().message());
  return std::move(result).ValueUnsafe();
}

void require(const arrow::Status& status, const std::filesystem::path& file) {
  if (!status.ok()) throw Error("cannot read {}: {}", file.string(), status.message());
}

template <typename ArrayType>
void append_numbers(const arrow::Array& array, std::int64_t begin, std::int64_t end, std::vector<double>& into) {
  const auto& numbers = static_cast<const ArrayType&>(array);
  for (auto i = begin; i < end; ++i)
    into.push_back(numbers.IsNull(i) ? std::numeric_limits<double>::quiet_NaN()
                                     : static_cast<double>(numbers.Value(i)));
}

/// Appends items of any number type; false where they are no numbers.
bool append_items(const arrow::Array& items, std::int64_t begin, std::int64_t end, std::vector<double>& into) {
  switch (items.type_id()) {
    case arrow::Type::INT8:
      append_numbers<arrow::Int8Array>(items, begin, end, into);
      return true;
    case arrow::Type::INT16:
      append_numbers<arrow::Int16Array>(items, begin, end, into);
      return true;
    case arrow::Type::INT32:
      append_numbers<arrow::Int32Array>(items, begin, end, into);
      return true;
    case arrow::Type::INT64:
      append_numbers<arrow::Int64Array>(items, begin, end, into);
      return true;
    case arrow::Type::UINT8:
      append_numbers<arrow::UInt8Array>(items, begin, end, into);
      return true;
    case arrow::Type::UINT16:
      append_numbers<arrow::UInt16Array>(items, begin, end, into);
      return true;
    case arrow::Type::UINT32:
      append_numbers<arrow::UInt32Array>(items, begin, end, into);
      return true;
    case arrow::Type::UINT64:
      append_numbers<arrow::UInt64Array>(items, begin, end, into);
      return true;
    case arrow::Type::FLOAT:
      append_numbers<arrow::FloatArray>(items, begin, end, into);
      return true;
    case arrow::Type::DOUBLE:
      append_numbers<arrow::DoubleArray>(items, begin, end, into);
      return true;
    case arrow::Type::NA:
      into.insert(into.end(), static_cast<std::size_t>(end - begin), std::numeric_limits<double>::quiet_NaN());
      return true;
    default:
      return false;
  }
}

template <typename Lists>
bool append_lists(const arrow::Array& chunk, ListColumn& column) {
  const auto& lists = static_cast<const Lists&>(chunk);
  for (std::int64_t row = 0; row < lists.length(); ++row) {
    if (!lists.IsNull(row) &&
        !append_items(*lists.values(), lists.value_offset(row), lists.value_offset(row + 1), column.values))
      return false;
    column.offsets.push_back(column.values.size());
  }
  return true;
}

ListColumn lists_of(const arrow::ChunkedArray& chunks, const std::string& name, const std::filesystem::path& file) {
  ListColumn column;
  for (const auto& chunk : chunks.chunks()) {
    const bool known = chunk->type_id() == arrow::Type::LIST ? append_lists<arrow::ListArray>(*chunk, column)
                       : chunk->type_id() == arrow::Type::LARGE_LIST
                           ? append_lists<arrow::LargeListArray>(*chunk, column)
                           : false;
    if (!known)
      throw Error("{}: column \"{}\" holds {}, not lists of numbers", file.string(), name, chunks.type()->ToString());
  }
  return column;
}

/// Appends the text of an array, pandas' categories included; false where it is no text.
bool append_text(const arrow::Array& array, std::vector<std::string>& text) {
  const auto append = [&](const auto& strings) {
    for (std::int64_t row = 0; row < strings.length(); ++row)
      text.push_back(strings.IsNull(row) ? "" : strings.GetString(row));
    return true;
  };
  switch (array.type_id()) {
    case arrow::Type::STRING:
      return append(static_cast<const arrow::StringArray&>(array));
    case arrow::Type::LARGE_STRING:
      return append(static_cast<const arrow::LargeStringArray&>(array));
    case arrow::Type::DICTIONARY: {
      const auto& coded = static_cast<const arrow::DictionaryArray&>(array);
      std::vector<std::string> names;
      if (!append_text(*coded.dictionary(), names)) return false;
      for (std::int64_t row = 0; row < coded.length(); ++row)
        text.push_back(coded.IsNull(row) ? "" : names[static_cast<std::size_t>(coded.GetValueIndex(row))]);
      return true;
    }
    default:
      return false;
  }
}

std::vector<std::string> text_of(const arrow::ChunkedArray& chunks, const std::string& name,
                                 const std::filesystem::path& file) {
  std::vector<std::string> text;
  for (const auto& chunk : chunks.chunks())
    if (!append_text(*chunk, text))
      throw Error("{}: column \"{}\" holds {}, not text", file.string(), name, chunks.type()->ToString());
  return text;
}

}  // namespace

ListTable read_lists(const std::filesystem::path& file, const std::vector<std::string>& lists, const std::string& text,
                     const std::string& optional) {
  if (!std::filesystem::is_regular_file(file)) throw Error("there is no file {}", file.string());
  const auto input = taken(arrow::io::ReadableFile::Open(file.string()), file);
  const auto reader = taken(parquet::arrow::OpenFile(input, arrow::default_memory_pool()), file);
  std::shared_ptr<arrow::Schema> schema;
  require(reader->GetSchema(&schema), file);
  const auto column = [&](const std::string& name) {
    const int index = schema->GetFieldIndex(name);
    if (index < 0)
      throw Error("{} has no column \"{}\"; it has {}", file.string(), name, fmt::join(schema->field_names(), ", "));
    std::shared_ptr<arrow::ChunkedArray> chunks;
    require(reader->ReadColumn(index, &chunks), file);
    return chunks;
  };
  ListTable table;
  table.text = text_of(*column(text), text, file);
  for (const auto& name : lists) {
    if (name == optional && schema->GetFieldIndex(name) < 0) continue;
    table.names.push_back(name);
    table.lists.push_back(lists_of(*column(name), name, file));
  }
  return table;
}

}  // namespace morgana::tables
