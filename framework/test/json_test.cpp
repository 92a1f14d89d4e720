// SPDX-License-Identifier: Apache-2.0
#include "pipeline/json.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace morgana::host {
namespace {

/// "line:column text" of the first fault; "" where there is none.
std::string fault_of(std::string_view text) {
  Faults faults;
  parse_json(text, faults);
  if (faults.empty()) return "";
  const auto fault = faults.sorted().front();
  return fmt::format("{}:{} {}", fault.position.line, fault.position.column, fault.text);
}

JsonValue read(std::string_view text) {
  Faults faults;
  auto value = parse_json(text, faults);
  EXPECT_TRUE(faults.empty()) << text;
  return value;
}

TEST(Json, ReadsEveryKindOfValue) {
  EXPECT_EQ(text_of(read(R"({"a": [1, -2.5, 1e3, true, false, null, "x"], "b": {}, "c": []})")),
            R"({"a": [1, -2.5, 1000, true, false, null, "x"], "b": {}, "c": []})");
}

TEST(Json, KeepsIntegersExact) {
  EXPECT_EQ(*read("9223372036854775807").as<std::int64_t>(), INT64_MAX);
  EXPECT_EQ(*read("9223372036854775808").as<double>(), 0x1p63);
}

TEST(Json, KnowsWhereKeysAndValuesStand) {
  const auto document = read("{\n  \"a\": 1, // one\n  \"b\": [true]\n}");
  const auto& members = *document.as<JsonValue::Object>();
  EXPECT_EQ(members[0].position, (Position{2, 3}));
  EXPECT_EQ(members[0].value.position, (Position{2, 8}));
  EXPECT_EQ(members[1].position, (Position{3, 3}));
  EXPECT_EQ((*members[1].value.as<JsonValue::List>())[0].position, (Position{3, 9}));
}

TEST(Json, CountsCharactersNotBytes) {
  const auto document = read("{\"größe\": \"日本\", \"b\": 1}");
  const auto& members = *document.as<JsonValue::Object>();
  EXPECT_EQ(members[0].value.position, (Position{1, 11}));
  EXPECT_EQ(members[1].position, (Position{1, 17}));
}

TEST(Json, ReadsEscapes) {
  EXPECT_EQ(*read(R"("\"\\\/\b\f\n\r\té")").as<std::string>(), "\"\\/\b\f\n\r\té");
  EXPECT_EQ(*read(R"("\ud83d\ude00")").as<std::string>(), "😀");
}

TEST(Json, TakesAByteOrderMark) { EXPECT_EQ(read("\xEF\xBB\xBF{}").position, (Position{1, 1})); }

TEST(Json, NamesEveryFaultWithItsPlace) {
  EXPECT_EQ(fault_of(""), "1:1 expected a value, found the end of the file");
  EXPECT_EQ(fault_of("{\n\"a\" 1}"), "2:5 expected \":\" behind the key \"a\", found \"1\"");
  EXPECT_EQ(fault_of("{\"a\": 1 \"b\": 2}"), "1:9 expected \",\" or \"}\", found \"\"\"");
  EXPECT_EQ(fault_of("[1 2]"), "1:4 expected \",\" or \"]\", found \"2\"");
  EXPECT_EQ(fault_of("[1, ]"), "1:3 a comma before \"]\"");
  EXPECT_EQ(fault_of("{\"a\": 1,}"), "1:8 a comma before \"}\"");
  EXPECT_EQ(fault_of("{a: 1}"), "1:2 expected a key in quotation marks, found \"a\"");
  EXPECT_EQ(fault_of("[NaN]"), "1:2 expected a value, found \"NaN\"");
  EXPECT_EQ(fault_of("[truely]"), "1:2 expected a value, found \"truely\"");
  EXPECT_EQ(fault_of("[01]"), "1:2 01 is no number of JSON");
  EXPECT_EQ(fault_of("[1.]"), "1:2 1. is no number of JSON");
  EXPECT_EQ(fault_of("[1e999]"), "1:2 the number 1e999 is too large");
  EXPECT_EQ(fault_of("[\"a]\n"), "1:2 the string is not closed on its line");
  EXPECT_EQ(fault_of("\"a\tb\""), "1:3 a control character in a string; write it as \\u0009");
  EXPECT_EQ(fault_of("\"\\x\""), "1:2 \\x is no escape of JSON");
  EXPECT_EQ(fault_of("\"\\u12g4\""), "1:6 \\u needs four hexadecimal digits");
  EXPECT_EQ(fault_of("\"\\ud83d\""), "1:2 half of a surrogate pair");
  EXPECT_EQ(fault_of("\"\xC0\x80\""), "1:2 the file is not UTF-8 here");
  EXPECT_EQ(fault_of("{} {}"), "1:4 unexpected \"{\" behind the end of the pipeline");
  EXPECT_EQ(fault_of("{ /* x */ }"), "1:3 comments begin with // and end with the line");
  EXPECT_EQ(fault_of("{\"a\": 1,\n \"a\": 2}"), "2:2 duplicate key \"a\"; it stands first at 1:2");
  EXPECT_EQ(fault_of(std::string(200, '[')), "1:102 too deeply nested");
}

TEST(Json, ReportsEveryDuplicateKey) {
  Faults faults;
  parse_json(R"({"a": {"b": 1, "b": 2}, "a": 3})", faults);
  EXPECT_EQ(faults.sorted().size(), 2u);
}

}  // namespace
}  // namespace morgana::host
