// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pipeline/fault.hpp"

namespace morgana::host {

struct JsonMember;

/// A JSON value that remembers where it stood.
struct JsonValue {
  using List = std::vector<JsonValue>;
  using Object = std::vector<JsonMember>;

  Position position;
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, List, Object>
      value;  ///< null, unless given another

  template <typename T>
  const T* as() const noexcept {
    return std::get_if<T>(&value);
  }
};

struct JsonMember {
  std::string key;
  Position position;  ///< of the key
  JsonValue value;
};

/// "a number", "an object": what a message calls the value.
const char* kind_of(const JsonValue& value);

/// The value as JSON on one line, keys in their order.
std::string text_of(const JsonValue& value);

/// Reads one document of JSON (RFC 8259) with `//` comments. A key that stands twice in an object is a fault. What is
/// not JSON is a fault and ends the reading: then the result is null.
JsonValue parse_json(std::string_view text, Faults& faults);

}  // namespace morgana::host
