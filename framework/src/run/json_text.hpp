// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace morgana::host {

/// Writes JSON member by member, without building a document first: a run record of thousands of nodes takes
/// milliseconds.
class JsonText {
 public:
  enum class Layout { kOneLine, kIndented };
  explicit JsonText(Layout layout) : layout_(layout) {}

  JsonText& begin_object(std::string_view name = {}) { return open(name, '{'); }
  JsonText& end_object() { return close('}'); }
  JsonText& begin_array(std::string_view name = {}) { return open(name, '['); }
  JsonText& end_array() { return close(']'); }

  JsonText& member(std::string_view name, std::string_view value);
  JsonText& member(std::string_view name, const std::string& value) { return member(name, std::string_view(value)); }
  JsonText& member(std::string_view name, const char* value) { return member(name, std::string_view(value)); }
  JsonText& member(std::string_view name, double value);  ///< null where it is not finite
  JsonText& member(std::string_view name, bool value) { return json(name, value ? "true" : "false"); }
  template <std::integral Number>
  JsonText& member(std::string_view name, Number value) {
    return json(name, std::to_string(value));
  }
  template <typename T>
  JsonText& member(std::string_view name, const std::vector<T>& values) {
    begin_array(name);
    for (const auto& value : values) member({}, value);
    return end_array();
  }

  const std::string& text() const noexcept { return text_; }

 private:
  JsonText& open(std::string_view name, char bracket);
  JsonText& close(char bracket);
  JsonText& json(std::string_view name, std::string_view text);
  void begin(std::string_view name);
  void quote(std::string_view text);

  Layout layout_;
  std::string text_;
  std::size_t depth_ = 0;
  bool first_ = true;
};

/// Milliseconds are enough of a time, and shorter to read.
double rounded_milliseconds(double seconds);

}  // namespace morgana::host
