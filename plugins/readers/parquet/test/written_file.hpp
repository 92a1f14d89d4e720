// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// For tests: parquet files with columns made by hand.
namespace morgana::testing {

using Columns = std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>>;
/// Lists that may be absent, of numbers that may be.
using Lists = std::vector<std::optional<std::vector<std::optional<double>>>>;

/// Lists of any kind: `ListBuilder` is one of Arrow's, `Builder` that of the numbers.
template <typename Builder, typename ListBuilder = arrow::ListBuilder>
std::shared_ptr<arrow::Array> lists(const Lists& rows) {
  const auto items = std::make_shared<Builder>();
  ListBuilder builder(arrow::default_memory_pool(), items);
  for (const auto& row : rows) {
    EXPECT_TRUE((row ? builder.Append() : builder.AppendNull()).ok());
    if (!row) continue;
    for (const auto& value : *row)
      EXPECT_TRUE(
          (value ? items->Append(static_cast<typename Builder::value_type>(*value)) : items->AppendNull()).ok());
  }
  return builder.Finish().ValueOrDie();
}

/// Names; "" is absent.
template <typename Builder = arrow::StringBuilder>
std::shared_ptr<arrow::Array> names(const std::vector<std::string>& rows) {
  Builder builder;
  for (const auto& row : rows) EXPECT_TRUE((row.empty() ? builder.AppendNull() : builder.Append(row)).ok());
  return builder.Finish().ValueOrDie();
}

/// Numbers of any kind.
template <typename Builder>
std::shared_ptr<arrow::Array> numbers(const std::vector<std::optional<double>>& rows) {
  Builder builder;
  for (const auto& row : rows)
    EXPECT_TRUE((row ? builder.Append(static_cast<typename Builder::value_type>(*row)) : builder.AppendNull()).ok());
  return builder.Finish().ValueOrDie();
}

/// Writes columns with so many rows a row group.
inline std::string write(const std::filesystem::path& file, const Columns& columns, std::int64_t rows_a_group = 3) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const auto& [name, array] : columns) {
    fields.push_back(arrow::field(name, array->type()));
    arrays.push_back(array);
  }
  std::filesystem::create_directories(file.parent_path());
  const auto out = arrow::io::FileOutputStream::Open(file.string()).ValueOrDie();
  // The schema of Arrow is stored beside parquet's own, as pandas does.
  const auto properties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
  EXPECT_TRUE(parquet::arrow::WriteTable(*arrow::Table::Make(arrow::schema(fields), arrays),
                                         arrow::default_memory_pool(), out, rows_a_group,
                                         parquet::default_writer_properties(), properties)
                  .ok());
  EXPECT_TRUE(out->Close().ok());
  return file.string();
}

}  // namespace morgana::testing
