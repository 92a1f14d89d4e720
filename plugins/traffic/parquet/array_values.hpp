// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arrow/type_fwd.h>

#include "parquet/parquet_file.hpp"

namespace morgana::tables {

/// Whether arrays of a type can be read as `kind`.
bool is_readable(const arrow::DataType& type, ColumnKind kind);

/// "lists of numbers", "numbers", "text"
const char* name_of(ColumnKind kind);

/// The values of an array whose type is readable as `kind`; false where it is damaged.
bool take_values(const arrow::Array& array, ColumnKind kind, ColumnBatch& into);

}  // namespace morgana::tables
