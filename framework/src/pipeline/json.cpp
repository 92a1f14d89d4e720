// SPDX-License-Identifier: Apache-2.0
#include "pipeline/json.hpp"

#include <fmt/format.h>

#include <charconv>

#include "pipeline/json_cursor.hpp"

namespace morgana::host {
namespace {

/// Deeper nesting is a mistake, and would end in a stack overflow.
constexpr int kDeepest = 100;

class Parser {
 public:
  Parser(std::string_view text, Faults& faults) : cursor_(text), faults_(faults) {}

  JsonValue document() {
    auto value = parse(0);
    cursor_.skip_space();
    if (!cursor_.at_end()) cursor_.fail(fmt::format("unexpected {} behind the end of the pipeline", cursor_.seen()));
    return value;
  }

 private:
  JsonValue parse(int depth) {
    cursor_.skip_space();
    JsonValue value{cursor_.position(), nullptr};
    if (depth > kDeepest) cursor_.fail("too deeply nested");
    const char c = cursor_.peek();
    if (c == '{') value.value = object(depth);
    else if (c == '[') value.value = list(depth);
    else if (c == '"') value.value = cursor_.string();
    else if (c == '-' || (c >= '0' && c <= '9')) number(value);
    else if (cursor_.take_word("true")) value.value = true;
    else if (cursor_.take_word("false")) value.value = false;
    else if (!cursor_.take_word("null")) cursor_.fail("expected a value, found " + cursor_.seen());
    return value;
  }

  JsonValue::List list(int depth) {
    JsonValue::List elements;
    cursor_.take();
    cursor_.skip_space();
    if (cursor_.peek() == ']') return cursor_.take(), elements;
    while (true) {
      elements.push_back(parse(depth + 1));
      if (!separated(']')) return elements;
    }
  }

  JsonValue::Object object(int depth) {
    JsonValue::Object members;
    cursor_.take();
    cursor_.skip_space();
    if (cursor_.peek() == '}') return cursor_.take(), members;
    while (true) {
      cursor_.skip_space();
      const auto position = cursor_.position();
      if (cursor_.peek() != '"') cursor_.fail("expected a key in quotation marks, found " + cursor_.seen());
      auto key = cursor_.string();
      cursor_.skip_space();
      if (cursor_.peek() != ':')
        cursor_.fail(fmt::format("expected \":\" behind the key \"{}\", found {}", key, cursor_.seen()));
      cursor_.take();
      auto value = parse(depth + 1);
      for (const auto& member : members)
        if (member.key == key)
          faults_.add(position, fmt::format("duplicate key \"{}\"; it stands first at {}:{}", key, member.position.line,
                                            member.position.column));
      members.push_back({std::move(key), position, std::move(value)});
      if (!separated('}')) return members;
    }
  }

  /// True where a comma says that there is more, false where `end` was taken.
  bool separated(char end) {
    cursor_.skip_space();
    if (cursor_.peek() == end) return cursor_.take(), false;
    if (cursor_.peek() != ',') cursor_.fail(fmt::format("expected \",\" or \"{}\", found {}", end, cursor_.seen()));
    const auto comma = cursor_.position();
    cursor_.take();
    cursor_.skip_space();
    if (cursor_.peek() == end) cursor_.fail_at(comma, fmt::format("a comma before \"{}\"", end));
    return true;
  }

  void number(JsonValue& value) {
    const auto text = cursor_.number();
    std::int64_t integer = 0;
    const auto* end = text.data() + text.size();
    if (const auto result = std::from_chars(text.data(), end, integer); result.ec == std::errc{} && result.ptr == end) {
      value.value = integer;
      return;
    }
    double real = 0;
    if (std::from_chars(text.data(), end, real).ec != std::errc{})
      cursor_.fail_at(value.position, fmt::format("the number {} is too large", text));
    value.value = real;
  }

  JsonCursor cursor_;
  Faults& faults_;
};

std::string json_string(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\', result += c;
    else if (static_cast<unsigned char>(c) < 0x20) result += fmt::format("\\u{:04x}", c);
    else result += c;
  }
  return result + "\"";
}

}  // namespace

const char* kind_of(const JsonValue& value) {
  constexpr const char* kKinds[] = {"null", "a boolean", "an integer", "a real", "a string", "a list", "an object"};
  return kKinds[value.value.index()];
}

std::string text_of(const JsonValue& value) {
  if (const auto* flag = value.as<bool>()) return *flag ? "true" : "false";
  if (const auto* integer = value.as<std::int64_t>()) return fmt::format("{}", *integer);
  if (const auto* real = value.as<double>()) return fmt::format("{}", *real);
  if (const auto* text = value.as<std::string>()) return json_string(*text);
  std::string result;
  if (const auto* list = value.as<JsonValue::List>()) {
    for (const auto& element : *list) result += (result.empty() ? "" : ", ") + text_of(element);
    return "[" + result + "]";
  }
  if (const auto* object = value.as<JsonValue::Object>()) {
    for (const auto& member : *object)
      result += (result.empty() ? "" : ", ") + json_string(member.key) + ": " + text_of(member.value);
    return "{" + result + "}";
  }
  return "null";
}

JsonValue parse_json(std::string_view text, Faults& faults) {
  try {
    return Parser(text, faults).document();
  } catch (const JsonCursor::Stop& stop) {
    faults.add(stop.position, stop.text);
    return {};
  }
}

}  // namespace morgana::host
