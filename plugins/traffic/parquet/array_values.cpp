// SPDX-License-Identifier: Apache-2.0
#include "parquet/array_values.hpp"

#include <arrow/array.h>
#include <arrow/type_traits.h>
#include <arrow/visit_array_inline.h>
#include <fmt/format.h>

#include <cmath>
#include <concepts>
#include <limits>

namespace morgana::tables {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

template <typename Type>
concept WithUnit = std::same_as<Type, arrow::TimestampType> || std::same_as<Type, arrow::DurationType>;
template <typename Type>
concept PlainNumber = arrow::is_number_type<Type>::value && !std::same_as<Type, arrow::HalfFloatType>;
template <typename Type>
concept AnyNumber = PlainNumber<Type> || WithUnit<Type> || std::same_as<Type, arrow::BooleanType>;

bool is_number(const arrow::DataType& type) {
  const auto id = type.id();
  return (arrow::is_numeric(id) && id != arrow::Type::HALF_FLOAT) || id == arrow::Type::BOOL ||
         id == arrow::Type::TIMESTAMP || id == arrow::Type::DURATION || id == arrow::Type::NA;
}

bool is_text(const arrow::DataType& type) {
  const auto id = type.id();
  return arrow::is_base_binary_like(id) || arrow::is_integer(id) || arrow::is_floating(id) || id == arrow::Type::BOOL ||
         id == arrow::Type::NA;
}

double seconds_of(arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND:
      return 1;
    case arrow::TimeUnit::MILLI:
      return 1e-3;
    case arrow::TimeUnit::MICRO:
      return 1e-6;
    case arrow::TimeUnit::NANO:
      break;
  }
  return 1e-9;
}

/// Appends numbers [begin, end) of an array; with `from_first` counted from the first of them.
struct AppendNumbers {
  std::int64_t begin, end;
  bool from_first;
  std::vector<double>& into;

  template <typename Values>
  arrow::Status Visit(const Values& values) {
    using Type = typename Values::TypeClass;
    if constexpr (std::same_as<Type, arrow::NullType>) {
      into.insert(into.end(), static_cast<std::size_t>(end - begin), kMissing);
      return arrow::Status::OK();
    } else if constexpr (AnyNumber<Type>) {
      double unit = 1;
      if constexpr (WithUnit<Type>) unit = seconds_of(static_cast<const Type&>(*values.type()).unit());
      const bool counted = from_first && begin < end && !values.IsNull(begin);
      for (auto i = begin; i < end; ++i) {
        if (values.IsNull(i)) into.push_back(kMissing);
        else into.push_back(unit * (counted ? since(values.Value(begin), values.Value(i)) : number(values.Value(i))));
      }
      return arrow::Status::OK();
    } else {
      return arrow::Status::TypeError("no numbers");
    }
  }

  template <typename Number>
  static double number(Number value) {
    return static_cast<double>(value);
  }
  /// Exact for integers, which as times since 1970 in nanoseconds are too long for a double.
  template <typename Number>
  static double since(Number first, Number value) {
    if constexpr (std::integral<Number> && sizeof(Number) == 8) {
      const auto difference = static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(first);
      return value >= first ? static_cast<double>(difference) : -static_cast<double>(std::uint64_t{0} - difference);
    } else {
      return static_cast<double>(value) - static_cast<double>(first);
    }
  }
};

/// Appends the elements of an array as text.
struct AppendText {
  std::vector<std::string>& into;

  template <typename Values>
  arrow::Status Visit(const Values& values) {
    using Type = typename Values::TypeClass;
    if constexpr (std::same_as<Type, arrow::NullType>) {
      into.insert(into.end(), static_cast<std::size_t>(values.length()), "");
    } else if constexpr (arrow::is_base_binary_type<Type>::value) {
      for (std::int64_t i = 0; i < values.length(); ++i) into.push_back(values.IsNull(i) ? "" : values.GetString(i));
    } else if constexpr (PlainNumber<Type> || std::same_as<Type, arrow::BooleanType>) {
      for (std::int64_t i = 0; i < values.length(); ++i)
        into.push_back(values.IsNull(i) ? "" : written(values.Value(i)));
    } else {
      return arrow::Status::TypeError("no text");
    }
    return arrow::Status::OK();
  }

  /// Integers that pandas made floating because some are absent are written as integers; NaN is absent too.
  template <typename Number>
  static std::string written(Number value) {
    if constexpr (std::floating_point<Number>) return std::isnan(value) ? "" : fmt::format("{}", value);
    else return fmt::format("{}", value);
  }
};

template <typename Lists>
bool take_lists(const arrow::Array& array, ColumnKind kind, ColumnBatch& into) {
  const auto& lists = static_cast<const Lists&>(array);
  const auto& items = *lists.values();
  into.offsets.assign(1, 0);
  for (std::int64_t row = 0; row < lists.length(); ++row) {
    if (!lists.IsNull(row)) {
      const std::int64_t begin = lists.value_offset(row), end = begin + lists.value_length(row);
      if (begin < 0 || end < begin || end > items.length()) return false;
      AppendNumbers append{begin, end, kind == ColumnKind::kTimes, into.numbers};
      if (!arrow::VisitArrayInline(items, &append).ok()) return false;
    }
    into.offsets.push_back(into.numbers.size());
  }
  return true;
}

bool take_text(const arrow::Array& array, std::vector<std::string>& into) {
  if (array.type_id() != arrow::Type::DICTIONARY) {
    AppendText append{into};
    return arrow::VisitArrayInline(array, &append).ok();
  }
  const auto& coded = static_cast<const arrow::DictionaryArray&>(array);
  std::vector<std::string> names;
  if (!take_text(*coded.dictionary(), names)) return false;
  for (std::int64_t row = 0; row < coded.length(); ++row) {
    const auto code = coded.IsNull(row) ? -1 : coded.GetValueIndex(row);
    if (code < -1 || code >= static_cast<std::int64_t>(names.size())) return false;
    into.push_back(code < 0 ? "" : names[static_cast<std::size_t>(code)]);
  }
  return true;
}

}  // namespace

const char* name_of(ColumnKind kind) {
  return kind == ColumnKind::kText ? "text" : kind == ColumnKind::kNumbers ? "numbers" : "lists of numbers";
}

bool is_readable(const arrow::DataType& type, ColumnKind kind) {
  const auto id = type.id();
  if (kind == ColumnKind::kNumbers) return is_number(type);
  if (kind == ColumnKind::kText)
    return id == arrow::Type::DICTIONARY ? is_text(*static_cast<const arrow::DictionaryType&>(type).value_type())
                                         : is_text(type);
  if (id != arrow::Type::LIST && id != arrow::Type::LARGE_LIST && id != arrow::Type::FIXED_SIZE_LIST) return false;
  return is_number(*static_cast<const arrow::BaseListType&>(type).value_type());
}

bool take_values(const arrow::Array& array, ColumnKind kind, ColumnBatch& into) {
  into.offsets.clear();
  into.numbers.clear();
  into.text.clear();
  if (kind == ColumnKind::kText) return take_text(array, into.text);
  if (kind == ColumnKind::kNumbers) {
    AppendNumbers append{0, array.length(), false, into.numbers};
    return arrow::VisitArrayInline(array, &append).ok();
  }
  switch (array.type_id()) {
    case arrow::Type::LIST:
      return take_lists<arrow::ListArray>(array, kind, into);
    case arrow::Type::LARGE_LIST:
      return take_lists<arrow::LargeListArray>(array, kind, into);
    case arrow::Type::FIXED_SIZE_LIST:
      return take_lists<arrow::FixedSizeListArray>(array, kind, into);
    default:
      return false;
  }
}

}  // namespace morgana::tables
