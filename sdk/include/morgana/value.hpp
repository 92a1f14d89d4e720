// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string_view>

#include "morgana/version.hpp"

namespace morgana {

class Value;

/// What the host knows of a kind of value: its name in messages, and how a file becomes a value again.
///
/// A plugin adds a value type by deriving from `Value` and giving the class `static const ValueType& type()`;
/// nothing has to be registered, because a port of that type carries the loader with it.
struct ValueType {
  std::string_view name;       ///< "Traces"; a plugin's own types carry its name: "acme.Flowpics"
  std::string_view extension;  ///< of the saved file, with the dot: ".safetensors" or ".json"
  std::shared_ptr<const Value> (*load)(const std::filesystem::path& file);
};

/// Something that travels along an edge: immutable once a stage has assigned it to an output.
class MORGANA_API Value {
 public:
  Value() = default;
  Value(const Value&) = default;
  Value(Value&&) = default;
  Value& operator=(const Value&) = default;
  Value& operator=(Value&&) = default;
  virtual ~Value();

  virtual const ValueType& value_type() const = 0;

  /// Writes one file that `value_type().load` and Python's public packages open. Equal values give equal bytes.
  virtual void save(const std::filesystem::path& file) const = 0;

  /// Memory held, in bytes, within a few per cent.
  virtual std::size_t bytes() const = 0;
};

}  // namespace morgana
