// SPDX-License-Identifier: Apache-2.0
#include "run/json_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace morgana::host {

JsonText& JsonText::member(std::string_view name, std::string_view value) {
  begin(name);
  quote(value);
  return *this;
}

JsonText& JsonText::member(std::string_view name, double value) {
  if (!std::isfinite(value)) return json(name, "null");
  auto text = fmt::format("{}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";  // a real stays one when it is read again
  return json(name, text);
}

JsonText& JsonText::json(std::string_view name, std::string_view text) {
  begin(name);
  text_ += text;
  return *this;
}

JsonText& JsonText::open(std::string_view name, char bracket) {
  begin(name);
  text_ += bracket;
  ++depth_;
  first_ = true;
  return *this;
}

JsonText& JsonText::close(char bracket) {
  --depth_;
  if (!first_ && layout_ == Layout::kIndented) text_.append("\n").append(depth_, ' ');
  text_ += bracket;
  first_ = false;
  return *this;
}

void JsonText::begin(std::string_view name) {
  if (!first_) text_ += ',';
  if (layout_ == Layout::kIndented && depth_ > 0) text_.append("\n").append(depth_, ' ');
  first_ = false;
  if (name.empty()) return;
  quote(name);
  text_ += layout_ == Layout::kIndented ? ": " : ":";
}

void JsonText::quote(std::string_view text) {
  bool plain = true;
  for (const char c : text) plain = plain && c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
  if (plain) {
    text_.append("\"").append(text).append("\"");
  } else {  // escapes, and replaces what is no UTF-8
    text_ += nlohmann::json(std::string(text)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
}

double rounded_milliseconds(double seconds) { return std::round(seconds * 1000) / 1000; }

}  // namespace morgana::host
