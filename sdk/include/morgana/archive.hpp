// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "morgana/version.hpp"

namespace morgana {

/// Element types of an `Array`; the names are those of the safetensors format.
enum class DataType : std::uint8_t { kBool, kU8, kI8, kI16, kI32, kI64, kF16, kBF16, kF32, kF64 };

MORGANA_API std::size_t size_of(DataType type);
MORGANA_API std::string_view name_of(DataType type);  ///< "F32"

template <typename T>
constexpr DataType data_type_of() {
  if constexpr (std::is_same_v<T, float>) return DataType::kF32;
  else if constexpr (std::is_same_v<T, double>) return DataType::kF64;
  else if constexpr (std::is_same_v<T, std::uint8_t>) return DataType::kU8;
  else if constexpr (std::is_same_v<T, std::int8_t>) return DataType::kI8;
  else if constexpr (std::is_same_v<T, std::int16_t>) return DataType::kI16;
  else if constexpr (std::is_same_v<T, std::int32_t>) return DataType::kI32;
  else if constexpr (std::is_same_v<T, std::int64_t>) return DataType::kI64;
  else static_assert(!sizeof(T*), "no array of this element type");
}

/// A dense, row-major, immutable array whose memory is shared by its copies.
class MORGANA_API Array {
 public:
  Array() = default;
  /// `owner` keeps `data` alive; `data` holds the product of `shape` elements of `type`.
  Array(DataType type, std::vector<std::int64_t> shape, const void* data, std::shared_ptr<const void> owner);

  template <typename T>
  static Array of(std::vector<T> values, std::vector<std::int64_t> shape) {
    auto owner = std::make_shared<const std::vector<T>>(std::move(values));
    check_count(shape, owner->size());
    const void* data = owner->data();
    return Array(data_type_of<T>(), std::move(shape), data, std::move(owner));
  }
  template <typename T>
  static Array of(std::vector<T> values) {
    const auto count = static_cast<std::int64_t>(values.size());
    return of(std::move(values), {count});
  }

  DataType type() const noexcept { return type_; }
  const std::vector<std::int64_t>& shape() const noexcept { return shape_; }
  std::size_t count() const noexcept { return count_; }
  std::size_t bytes() const noexcept { return count_ * size_of(type_); }
  const void* data() const noexcept { return data_; }
  const std::shared_ptr<const void>& owner() const noexcept { return owner_; }

  /// The elements; throws `Error` when the array holds another type.
  template <typename T>
  std::span<const T> as() const {
    check_type(data_type_of<T>());
    return {static_cast<const T*>(data_), count_};
  }
  template <typename T>
  std::vector<T> to_vector() const {
    const auto values = as<T>();
    return {values.begin(), values.end()};
  }

 private:
  static void check_count(const std::vector<std::int64_t>& shape, std::size_t count);
  void check_type(DataType wanted) const;

  DataType type_ = DataType::kF32;
  std::vector<std::int64_t> shape_;
  std::size_t count_ = 0;
  const void* data_ = nullptr;
  std::shared_ptr<const void> owner_;
};

/// Named arrays and text in one file: the safetensors format (huggingface/safetensors, format version 0.3).
///
/// Written with the keys in order, so that equal contents give equal bytes. Reading maps the file: an array's
/// memory is the file's, and a file replaced by rename stays readable.
class MORGANA_API Archive {
 public:
  std::map<std::string, std::string> text;  ///< safetensors' `__metadata__`
  std::map<std::string, Array> arrays;

  /// Throws `Error` with the file's name where it is absent, truncated or not safetensors.
  static Archive read(const std::filesystem::path& file);
  /// Writes `file` and flushes it to the disk. Not atomic: the caller renames.
  void write(const std::filesystem::path& file) const;

  /// The array or text of that name; throws `Error` naming it where it is absent.
  const Array& array(const std::string& name) const;
  const std::string& text_of(const std::string& name) const;
};

}  // namespace morgana
